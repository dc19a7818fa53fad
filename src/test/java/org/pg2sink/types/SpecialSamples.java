package org.pg2sink.types;

import java.util.List;
import org.pg2sink.TestServer;

/** The types that few columns are of. */
final class SpecialSamples extends SampleList {

    SpecialSamples() {
        networkAndBits();
        geometry();
        system();
    }

    private void networkAndBits() {
        String[] addresses = {
            "1.2.3.4",
            "0.0.0.0/0",
            "10.0.0.0/8",
            "::",
            "::1",
            "::1.2.3.4",
            "::ffff:1.2.3.4",
            "1::",
            "1:0:0:2::3",
            "2001:db8::1/64",
            "::2:3",
            "fe80::1:0:0:1",
            "1:2:3:4:5:6:7:8",
            "0:0:0:0:0:1:2:3",
            "::1:0",
            "1:0:0:0:0:0:0:0",
            "::ffff:0:1"
        };
        add(Sample.of("inet", values(random::inet, addresses)));
        add(Sample.of(
                "cidr", values(() -> "10.0.0.0/8", "10/8", "1.2.3.4", "::/0", "2001:db8::/32", "::1", "0.0.0.0/0")));
        add(Sample.of("macaddr", values(() -> random.macaddr(6))));
        add(Sample.of("macaddr8", values(() -> random.macaddr(8))));
        add(Sample.of("bit(13)", values(() -> random.bits(13))));
        add(Sample.of("varbit", values(random::bits, "")));
    }

    private void geometry() {
        add(Sample.of("point", values(random::point, "(0,-0)", "(NaN,Infinity)")));
        add(Sample.of("line", List.of("{1,2,3}", "{-1,0.5,1e20}")));
        add(Sample.of("lseg", values(() -> "[" + random.point() + "," + random.point() + "]")));
        add(Sample.of("box", values(() -> random.point() + "," + random.point())));
        add(Sample.of("path", values(() -> "[" + random.points() + "]", "((1,2),(3,4))", "[(1,2)]")));
        add(Sample.of("polygon", values(() -> "(" + random.points() + ")")));
        add(Sample.of("circle", List.of("<(1,2),3>", "<(-0.1,1e100),0>")));
    }

    private void system() {
        add(Sample.of("oid", values(random::oid, "0", "4294967295")));
        add(Sample.of("\"char\"", List.of("a", "", "\"", "\\", " ", "~")));
        add(Sample.of("xid", values(random::oid, "0")));
        add(Sample.of("cid", values(random::oid, "0")));
        add(Sample.of("xid8", List.of("0", "18446744073709551615", "12345678901")));
        add(Sample.of("tid", List.of("(0,0)", "(4294967295,65535)")));
        add(Sample.of("pg_lsn", List.of("0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF")));
        add(Sample.of("int2vector", List.of("", "1", "1 -2 3")));
        add(Sample.of("oidvector", List.of("", "1", "1 4294967295 3")));
        add(Sample.of("refcursor", List.of("a b")));
        add(Sample.of(
                "xml",
                List.of(
                        "",
                        "<a>\n<b c='ä'/></a>",
                        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><a/>",
                        "a b")));
        if (TestServer.majorVersion() >= 16) {
            add(Sample.of("\"char\"", List.of("\\201", "\\377")));
        }
        if (TestServer.majorVersion() >= 17) {
            add(Sample.of("interval", List.of("infinity", "-infinity")));
        }
        add(Sample.of("jsonpath", List.of("$.\"a\"[*]?(@ > 1)")));
    }
}
