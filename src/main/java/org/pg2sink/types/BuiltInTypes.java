package org.pg2sink.types;

import static org.pg2sink.types.ScalarCodec.text;

import java.util.HashMap;
import java.util.Map;

/**
 * Lists the types whose OIDs are the same on every server, with the OIDs of their arrays.
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
        add(16, 1000, Scalars.BOOLEAN);
        add(17, 1001, Scalars.BYTEA);
        add(20, 1016, Scalars.BIGINT);
        add(21, 1005, Scalars.SMALLINT);
        add(23, 1007, Scalars.INTEGER);
        add(26, 1028, Scalars.OID);
        add(22, 1006, new VectorCodec("int2vector", new ArrayCodec(Scalars.SMALLINT, COMMA)));
        add(30, 1013, new VectorCodec("oidvector", new ArrayCodec(Scalars.OID, COMMA)));
        add(700, 1021, Scalars.REAL);
        add(701, 1022, Scalars.DOUBLE_PRECISION);
        add(NUMERIC, 1231, NumericCodec.of(-1));
        add(1082, 1182, Scalars.DATE);
        add(1083, 1183, Scalars.TIME);
        add(1114, 1115, Scalars.TIMESTAMP);
        add(1184, 1185, Scalars.TIMESTAMPTZ);
        add(2950, 2951, Scalars.UUID);
        add(114, 199, Scalars.JSON);
        add(3802, 3807, Scalars.JSONB);

        add(25, 1009, text("text"));
        add(1042, 1014, text("character"));
        add(1043, 1015, text("character varying"));
        add(19, 1003, text("name"));
        add(142, 143, text("xml"));
        add(1790, 2201, text("refcursor"));
        add(4072, 4073, text("jsonpath"));

        add(18, 1002, text("\"char\""));
        add(27, 1010, text("tid"));
        add(28, 1011, text("xid"));
        add(29, 1012, text("cid"));
        add(5069, 271, text("xid8"));
        add(3220, 3221, text("pg_lsn"));
        add(1266, 1270, text("time with time zone"));
        add(1186, 1187, text("interval"));
        add(1560, 1561, text("bit"));
        add(1562, 1563, text("bit varying"));
        add(650, 651, text("cidr"));
        add(869, 1041, text("inet"));
        add(829, 1040, text("macaddr"));
        add(774, 775, text("macaddr8"));
        add(600, 1017, text("point"));
        add(601, 1018, text("lseg"));
        add(602, 1019, text("path"));
        add(BOX, 1020, text("box"));
        add(604, 1027, text("polygon"));
        add(628, 629, text("line"));
        add(718, 719, text("circle"));

        add(790, 791, text("money"));
        add(24, 1008, text("regproc"));
        add(1033, 1034, text("aclitem"));
        add(2202, 2207, text("regprocedure"));
        add(2203, 2208, text("regoper"));
        add(2204, 2209, text("regoperator"));
        add(2205, 2210, text("regclass"));
        add(2206, 2211, text("regtype"));
        add(3734, 3735, text("regconfig"));
        add(3769, 3770, text("regdictionary"));
        add(4089, 4090, text("regnamespace"));
        add(4096, 4097, text("regrole"));
        add(4191, 4192, text("regcollation"));
        add(2970, 2949, text("txid_snapshot"));
        add(5038, 5039, text("pg_snapshot"));
        add(3614, 3643, text("tsvector"));
        add(3615, 3645, text("tsquery"));
        add(3642, 3644, text("gtsvector"));
        add(2249, 2287, text("record"));
        add(3904, 3905, text("int4range"));
        add(3906, 3907, text("numrange"));
        add(3908, 3909, text("tsrange"));
        add(3910, 3911, text("tstzrange"));
        add(3912, 3913, text("daterange"));
        add(3926, 3927, text("int8range"));
        add(4451, 6150, text("int4multirange"));
        add(4532, 6151, text("nummultirange"));
        add(4533, 6152, text("tsmultirange"));
        add(4534, 6153, text("tstzmultirange"));
        add(4535, 6155, text("datemultirange"));
        add(4536, 6157, text("int8multirange"));
    }

    private BuiltInTypes() {}

    private static void add(long oid, long arrayOid, Codec codec) {
        CODECS.put(oid, codec);
        ELEMENTS.put(arrayOid, oid);
    }

    /** Returns the codec of a type, or null if the type is not built in. */
    static Codec find(long oid, int modifier) {
        if (oid == NUMERIC) {
            return NumericCodec.of(modifier);
        }
        Long element = ELEMENTS.get(oid);
        return element == null ? CODECS.get(oid) : new ArrayCodec(find(element, modifier), delimiter(element));
    }

    /** Returns the delimiter between the elements of an array of a built-in type. */
    private static byte delimiter(long oid) {
        return oid == BOX ? (byte) ';' : COMMA;
    }
}
