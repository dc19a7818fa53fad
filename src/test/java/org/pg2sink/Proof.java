package org.pg2sink;

/** Tells tests how long they are: short in each build, long with the profile {@code proofs}. */
public final class Proof {

    private Proof() {}

    public static int size(int inEachBuild, int withTheProfile) {
        return Boolean.getBoolean("pg2sink.test.proofs") ? withTheProfile : inEachBuild;
    }
}
