package org.pg2sink;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Drops the slots that a test class leaves on the shared server: there is room for some, and each keeps WAL. */
public final class SlotSweeper implements TestExecutionListener {

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.getSource().filter(ClassSource.class::isInstance).isPresent()) {
            TestServer.dropUnusedSlots();
        }
    }
}
