package org.pg2sink.component;

/** Tells whether the administration is off, for the REST definitions, which know neither preconditions nor expressions. */
public final class AdminSwitch {

    private boolean on;
    private String verify = "";

    public boolean isOn() {
        return on;
    }

    public void setOn(boolean on) {
        this.on = on;
    }

    public String getVerify() {
        return verify;
    }

    /** Sets {@code pg2sink.verify}: a process that only compares has no stream to administer. */
    public void setVerify(String verify) {
        this.verify = verify;
    }

    public boolean off() {
        return !on || !verify.isEmpty();
    }
}
