package org.pg2sink;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Describes one key of {@code application.properties}. */
record Setting(String key, SettingForm form) {

    /** All keys that pg2sink itself reads. */
    static final List<Setting> ALL = List.of(
            new Setting("pg2sink.url", SettingForm.DATABASE),
            new Setting("pg2sink.user", SettingForm.TEXT),
            new Setting("pg2sink.password", SettingForm.TEXT),
            new Setting("pg2sink.embedded.port", SettingForm.PORT),
            new Setting("pg2sink.subscription", SettingForm.SUBSCRIPTION),
            new Setting("pg2sink.schemas", SettingForm.NOT_EMPTY),
            new Setting("pg2sink.sinks", SettingForm.TEXT), // checked where the endpoints are known
            new Setting("pg2sink.confirm", SettingForm.FLAG),
            new Setting("pg2sink.imports", SettingForm.FLAG),
            new Setting("pg2sink.timezone", SettingForm.ZONE),
            new Setting("pg2sink.batch.size", SettingForm.COUNT),
            new Setting("pg2sink.batch.bytes", SettingForm.COUNT),
            new Setting("pg2sink.batch.timeout", SettingForm.DURATION),
            new Setting("pg2sink.file.directory", SettingForm.NOT_EMPTY),
            new Setting("pg2sink.file.format", SettingForm.NOT_EMPTY),
            new Setting("pg2sink.file.format.options", SettingForm.TEXT),
            new Setting("pg2sink.kafka.brokers", SettingForm.NOT_EMPTY),
            new Setting("pg2sink.kafka.topic", SettingForm.TEXT),
            new Setting("pg2sink.kafka.schemas", SettingForm.NOT_EMPTY),
            new Setting("pg2sink.kafka.headers", SettingForm.FLAG),
            new Setting("pg2sink.kafka.tombstones", SettingForm.FLAG_OR_EMPTY),
            new Setting("pg2sink.kafka.format", SettingForm.NOT_EMPTY),
            new Setting("pg2sink.kafka.format.options", SettingForm.TEXT),
            new Setting("pg2sink.kafka.registry", SettingForm.WEB_ADDRESS_OR_EMPTY),
            new Setting("pg2sink.s3.bucket", SettingForm.NOT_EMPTY),
            new Setting("pg2sink.s3.prefix", SettingForm.TEXT),
            new Setting("pg2sink.s3.region", SettingForm.NOT_EMPTY),
            new Setting("pg2sink.s3.endpoint", SettingForm.WEB_ADDRESS_OR_EMPTY),
            new Setting("pg2sink.s3.access.key", SettingForm.TEXT),
            new Setting("pg2sink.s3.secret.key", SettingForm.TEXT),
            new Setting("pg2sink.s3.format", SettingForm.NOT_EMPTY),
            new Setting("pg2sink.s3.format.options", SettingForm.TEXT),
            new Setting("pg2sink.s3.codec", SettingForm.CODEC),
            new Setting("pg2sink.sql.url", SettingForm.POSTGRES),
            new Setting("pg2sink.sql.user", SettingForm.TEXT),
            new Setting("pg2sink.sql.password", SettingForm.TEXT),
            new Setting("pg2sink.sql.on.refusal", SettingForm.ON_REFUSAL),
            new Setting(VerifyCommand.KEY, SettingForm.VERIFICATION),
            new Setting("pg2sink.demo", SettingForm.FLAG),
            new Setting("pg2sink.admin", SettingForm.FLAG),
            new Setting("pg2sink.admin.port", SettingForm.PORT),
            new Setting("pg2sink.admin.token", SettingForm.TOKEN),
            new Setting("pg2sink.admin.hosts", SettingForm.TEXT),
            new Setting("pg2sink.observe", SettingForm.FLAG),
            new Setting("pg2sink.observe.host", SettingForm.NOT_EMPTY),
            new Setting("pg2sink.observe.port", SettingForm.PORT));

    static Optional<Setting> of(String key) {
        return ALL.stream().filter(setting -> setting.key.equals(key)).findFirst();
    }

    /** Returns the variable of the environment from which Camel takes a key. */
    static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** @throws SettingException if the key cannot have this value */
    void require(String value) {
        if (!form.accepts(value)) {
            throw new SettingException(
                    key + " must be " + form.description() + (form.isShown() ? ", but is '" + value + "'" : ""));
        }
    }
}
