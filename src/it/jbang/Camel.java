/** The command {@code camel} of Camel JBang, whose core has no main method of its own. */
public class Camel {
    public static void main(String[] arguments) {
        org.apache.camel.dsl.jbang.core.commands.CamelJBangMain.run(arguments);
    }
}
