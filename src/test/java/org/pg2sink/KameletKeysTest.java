package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;

class KameletKeysTest {

    @Test
    void aKameletGetsASettingThatIsSpelledWithDashes() throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.kamelet.pg2sink-s3-sink.archive.access-key", "k");
        main.addMainListener(new KameletKeys());
        main.start();
        try {
            assertThat(main.getCamelContext()
                            .getPropertiesComponent()
                            .loadProperties()
                            .getProperty("camel.kamelet.pg2sink-s3-sink.archive.accessKey"))
                    .isEqualTo("k");
        } finally {
            main.stop();
        }
    }
}
