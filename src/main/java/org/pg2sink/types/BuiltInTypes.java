package org.pg2sink.types;

import java.util.HashMap;
import java.util.Map;

/**
 * The types whose OIDs are the same on every server, and their arrays.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype.html">Data types</a>
 */
final class BuiltInTypes {

    static final long NUMERIC = 1700;

    private static final Map<Long, Codec> CODECS = new HashMap<>();
    private static final Map<Long, Long> ELEMENTS = new HashMap<>();
    private static final long BOX = 603;
    private static final byte COMMA = ',';

    static {
        add(16, 1000, new BooleanCodec());
        add(17, 1001, new ByteaCodec());
        add(20, 1016, LongCodec.BIGINT);
        add(21, 1005, IntegerCodec.SMALLINT);
        add(23, 1007, IntegerCodec.INTEGER);
        add(26, 1028, LongCodec.OID);
        add(22, 1006, new VectorCodec("int2vector", new ArrayCodec(IntegerCodec.SMALLINT, COMMA)));
        add(30, 1013, new VectorCodec("oidvector", new ArrayCodec(LongCodec.OID, COMMA)));
        add(700, 1021, new RealCodec());
        add(701, 1022, new DoubleCodec());
        add(NUMERIC, 1231, NumericCodec.of(-1));
        add(1082, 1182, new DateCodec());
        add(1083, 1183, new TimeCodec());
        add(1114, 1115, new TimestampCodec());
        add(1184, 1185, new InstantCodec());
        add(2950, 2951, new UuidCodec());
        add(114, 199, new JsonCodec("json", false));
        add(3802, 3807, new JsonCodec("jsonb", true));

        add(25, 1009, new TextCodec("text"));
        add(1042, 1014, new TextCodec("character"));
        add(1043, 1015, new TextCodec("character varying"));
        add(19, 1003, new TextCodec("name"));
        add(142, 143, new TextCodec("xml"));
        add(1790, 2201, new TextCodec("refcursor"));
        add(4072, 4073, new TextCodec("jsonpath"));

        add(18, 1002, new TextCodec("\"char\""));
        add(27, 1010, new TextCodec("tid"));
        add(28, 1011, new TextCodec("xid"));
        add(29, 1012, new TextCodec("cid"));
        add(5069, 271, new TextCodec("xid8"));
        add(3220, 3221, new TextCodec("pg_lsn"));
        add(1266, 1270, new TextCodec("time with time zone"));
        add(1186, 1187, new TextCodec("interval"));
        add(1560, 1561, new TextCodec("bit"));
        add(1562, 1563, new TextCodec("bit varying"));
        add(650, 651, new TextCodec("cidr"));
        add(869, 1041, new TextCodec("inet"));
        add(829, 1040, new TextCodec("macaddr"));
        add(774, 775, new TextCodec("macaddr8"));
        add(600, 1017, new TextCodec("point"));
        add(601, 1018, new TextCodec("lseg"));
        add(602, 1019, new TextCodec("path"));
        add(BOX, 1020, new TextCodec("box"));
        add(604, 1027, new TextCodec("polygon"));
        add(628, 629, new TextCodec("line"));
        add(718, 719, new TextCodec("circle"));

        add(790, 791, new TextCodec("money"));
        add(24, 1008, new TextCodec("regproc"));
        add(1033, 1034, new TextCodec("aclitem"));
        add(2202, 2207, new TextCodec("regprocedure"));
        add(2203, 2208, new TextCodec("regoper"));
        add(2204, 2209, new TextCodec("regoperator"));
        add(2205, 2210, new TextCodec("regclass"));
        add(2206, 2211, new TextCodec("regtype"));
        add(3734, 3735, new TextCodec("regconfig"));
        add(3769, 3770, new TextCodec("regdictionary"));
        add(4089, 4090, new TextCodec("regnamespace"));
        add(4096, 4097, new TextCodec("regrole"));
        add(4191, 4192, new TextCodec("regcollation"));
        add(2970, 2949, new TextCodec("txid_snapshot"));
        add(5038, 5039, new TextCodec("pg_snapshot"));
        add(3614, 3643, new TextCodec("tsvector"));
        add(3615, 3645, new TextCodec("tsquery"));
        add(3642, 3644, new TextCodec("gtsvector"));
        add(2249, 2287, new TextCodec("record"));
        add(3904, 3905, new TextCodec("int4range"));
        add(3906, 3907, new TextCodec("numrange"));
        add(3908, 3909, new TextCodec("tsrange"));
        add(3910, 3911, new TextCodec("tstzrange"));
        add(3912, 3913, new TextCodec("daterange"));
        add(3926, 3927, new TextCodec("int8range"));
        add(4451, 6150, new TextCodec("int4multirange"));
        add(4532, 6151, new TextCodec("nummultirange"));
        add(4533, 6152, new TextCodec("tsmultirange"));
        add(4534, 6153, new TextCodec("tstzmultirange"));
        add(4535, 6155, new TextCodec("datemultirange"));
        add(4536, 6157, new TextCodec("int8multirange"));
    }

    private BuiltInTypes() {}

    private static void add(long oid, long arrayOid, Codec codec) {
        CODECS.put(oid, codec);
        ELEMENTS.put(arrayOid, oid);
    }

    /** The codec of a type; null if it is not built in. */
    static Codec find(long oid, int modifier) {
        if (oid == NUMERIC) {
            return NumericCodec.of(modifier);
        }
        Long element = ELEMENTS.get(oid);
        return element == null ? CODECS.get(oid) : new ArrayCodec(find(element, modifier), delimiter(element));
    }

    /** What stands between the elements of an array of a built-in type. */
    private static byte delimiter(long oid) {
        return oid == BOX ? (byte) ';' : COMMA;
    }
}
