package org.pg2sink;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Checks Kamelets against the schema of the custom resource that Camel's catalogue uses. As Kubernetes does with strict
 * field validation, it refuses fields that the schema does not know.
 *
 * @see <a href="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/">Custom
 *     resource definitions</a>
 */
final class KameletSchema {

    private static final String RESOURCE = "/camel.apache.org_kamelets.yaml";

    private final Map<?, ?> schema;

    KameletSchema() throws Exception {
        try (InputStream definition = KameletSchema.class.getResourceAsStream(RESOURCE)) {
            Map<?, ?> crd = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(definition);
            Map<?, ?> version = (Map<?, ?>) ((List<?>) map(crd, "spec").get("versions")).get(0);
            schema = map(map(version, "schema"), "openAPIV3Schema");
        }
    }

    /** Returns what is wrong with a Kamelet. */
    List<String> problems(Object kamelet) {
        List<String> problems = new ArrayList<>();
        check("", kamelet, schema, problems);
        return problems;
    }

    private static void check(String path, Object value, Map<?, ?> schema, List<String> problems) {
        Object type = schema.get("type");
        if (type != null && !isOf(type.toString(), value)) {
            problems.add(path + " is no " + type + ": " + value);
        } else if (value instanceof Map<?, ?> object) {
            object.forEach((name, member) -> checkMember(path + "/" + name, name, member, schema, problems));
        } else if (value instanceof List<?> items && schema.get("items") != null) {
            items.forEach(item -> check(path + "[]", item, map(schema, "items"), problems));
        }
    }

    private static void checkMember(String path, Object name, Object member, Map<?, ?> schema, List<String> problems) {
        if (schema.get("properties") instanceof Map<?, ?> known && known.containsKey(name)) {
            check(path, member, map(known, name), problems);
        } else if (schema.get("additionalProperties") instanceof Map<?, ?> any) {
            check(path, member, any, problems);
        } else if (schema.containsKey("properties")) {
            problems.add(path + " is unknown");
        } // otherwise the schema leaves the object open
    }

    private static boolean isOf(String type, Object value) {
        return switch (type) {
            case "object" -> value instanceof Map;
            case "array" -> value instanceof List;
            case "string" -> value instanceof String;
            case "boolean" -> value instanceof Boolean;
            case "integer" -> value instanceof Integer;
            default -> throw new IllegalArgumentException("The schema has a type that is not handled: " + type);
        };
    }

    private static Map<?, ?> map(Map<?, ?> object, Object name) {
        return (Map<?, ?>) object.get(name);
    }
}
