package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;

/** How an option of another component gets a secret as it is given. */
class SecretTest {

    @Test
    void theLoginOfKafkaIsTakenAsItIs() throws Exception {
        String login = "org.example.Login required username=\"{{x}}\" password=\"#bean:a\\\";";
        Main main = new Main();
        main.addOverrideProperty("my.kafka.login", login);
        main.addOverrideProperty("camel.beans.kafkaLogin", "#class:org.pg2sink.component.Secret");
        main.addOverrideProperty("camel.beans.kafkaLogin.property", "my.kafka.login");
        main.addOverrideProperty("camel.component.kafka.saslJaasConfig", "#bean:kafkaLogin");
        main.init();
        try {
            KafkaComponent kafka = main.getCamelContext().getComponent("kafka", KafkaComponent.class);
            assertThat(kafka.getConfiguration().getSaslJaasConfig()).isEqualTo(login);
        } finally {
            main.shutdown();
        }
    }
}
