package org.pg2sink.component;

import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;

/**
 * Stands for the value of a property as it is given, in options of other components: a reference to this bean is converted to
 * the value. It has no text form of its own, so that nothing shows the value by mistake.
 */
public final class Secret implements CamelContextAware {

    private CamelContext camelContext;
    private String value;

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    /**
     * Sets the name of the property, and reads it.
     *
     * @throws IllegalArgumentException if the property is not given
     */
    public void setProperty(String name) {
        value = SecretProperty.require(camelContext, name, "A bean of the type " + Secret.class.getName());
    }

    String value() {
        if (value == null) {
            throw new IllegalStateException(
                    "A bean of the type " + Secret.class.getName() + " names no property: set its option property");
        }
        return value;
    }
}
