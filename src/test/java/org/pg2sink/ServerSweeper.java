package org.pg2sink;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Drops what a test class leaves on the shared server. There is room for some slots only, and each keeps WAL; and hundreds of
 * databases at the end would take longer to delete than the build gives a JVM to exit.
 */
public final class ServerSweeper implements TestExecutionListener {

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.getSource().filter(ClassSource.class::isInstance).isPresent()) {
            TestServer.sweep();
        }
    }
}
