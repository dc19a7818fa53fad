package com.example;

import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.spi.PropertyConfigurerGetter;
import org.pg2sink.component.Pg2sinkConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** A Spring Boot application that prints the options of the component that its arguments name, as they were set. */
@EnableAutoConfiguration
public class OptionsApplication {

    public static void main(String[] options) {
        try (ConfigurableApplicationContext context = SpringApplication.run(OptionsApplication.class)) {
            Component component = context.getBean(CamelContext.class).getComponent("pg2sink");
            PropertyConfigurerGetter configurer = (PropertyConfigurerGetter) component.getComponentPropertyConfigurer();
            for (String option : options) {
                System.out.println(option + " = " + text(configurer.getOptionValue(component, option, false), context));
            }
        }
    }

    /** Returns the name of a value that is a bean. */
    private static String text(Object value, ConfigurableApplicationContext context) {
        for (String name : context.getBeanDefinitionNames()) {
            if (context.getBean(name) == value) {
                return name;
            }
        }
        return String.valueOf(value);
    }

    /** Is what the option {@code configuration} refers to; the other options are set on it. */
    @Bean
    Pg2sinkConfiguration shared() {
        return new Pg2sinkConfiguration();
    }
}
