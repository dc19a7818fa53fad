package com.example;

import org.apache.camel.builder.RouteBuilder;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A Spring Boot application that prints the changes of a subscription, with the rows that were there before. */
@SpringBootApplication(proxyBeanMethods = false)
public class ExampleApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(ExampleApplication.class, arguments);
    }

    @Bean
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pg2sink:{{subscription}}?batching=true").to("direct:print");
                from("timer:imports?period=500")
                        .to("pg2sink:{{subscription}}?operation=import")
                        .filter(body().isNotNull())
                        .to("direct:print");
                from("direct:print")
                        .process(exchange ->
                                System.out.print(exchange.getMessage().getBody(String.class)));
            }
        };
    }
}
