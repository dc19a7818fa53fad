package org.pg2sink.sinks;

import org.apache.camel.CamelContext;

/**
 * Reads the names of an endpoint's headers from the constants of its component on the class path. They differ from one
 * release of Camel to the next, and Java would compile those of one release into this jar.
 */
public final class EndpointHeaders {

    private final Class<?> constants;

    private EndpointHeaders(Class<?> constants) {
        this.constants = constants;
    }

    /**
     * @param artifact brings the component
     * @param constants class with the names of the component's headers
     * @throws IllegalStateException if the component is absent
     */
    public static EndpointHeaders of(CamelContext context, String artifact, String constants) {
        Class<?> found = context.getClassResolver().resolveClass(constants);
        if (found == null) {
            throw new IllegalStateException("The sink needs " + artifact + " on the class path, which lacks it.");
        }
        return new EndpointHeaders(found);
    }

    /** @throws IllegalStateException if this release of the component has no such header */
    public String name(String constant) {
        try {
            return (String) constants.getField(constant).get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This release of Camel does not work with the sink, because " + constants.getName() + " has no "
                            + constant + ".",
                    e);
        }
    }
}
