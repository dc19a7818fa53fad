package org.pg2sink.types;

import static org.pg2sink.types.BinaryForm.printedBy;
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

        add(25, 1009, text("text").in(BinaryKind.TEXT));
        add(1042, 1014, text("character").in(BinaryKind.TEXT));
        add(1043, 1015, text("character varying").in(BinaryKind.TEXT));
        add(19, 1003, text("name").in(BinaryKind.TEXT));
        add(142, 143, text("xml").in(printedBy("xml_out")));
        add(1790, 2201, text("refcursor").in(BinaryKind.TEXT));
        add(4072, 4073, text("jsonpath"));

        add(18, 1002, text("\"char\""));
        add(27, 1010, text("tid"));
        add(28, 1011, text("xid"));
        add(29, 1012, text("cid"));
        add(5069, 271, text("xid8"));
        add(3220, 3221, text("pg_lsn"));
        add(1266, 1270, text("time with time zone").in(printedBy("timetz_out")));
        add(1186, 1187, text("interval").in(printedBy("interval_out")));
        add(1560, 1561, text("bit").in(printedBy("bit_out")));
        add(1562, 1563, text("bit varying").in(printedBy("varbit_out")));
        add(650, 651, text("cidr").in(printedBy("cidr_out")));
        add(869, 1041, text("inet").in(printedBy("inet_out")));
        add(829, 1040, text("macaddr").in(printedBy("macaddr_out")));
        add(774, 775, text("macaddr8").in(printedBy("macaddr8_out")));
        add(600, 1017, text("point"));
        add(601, 1018, text("lseg"));
        add(602, 1019, text("path"));
        add(BOX, 1020, text("box"));
        add(604, 1027, text("polygon"));
        add(628, 629, text("line"));
        add(718, 719, text("circle"));

        add(790, 791, text("money").in(printedBy("cash_out")));
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
        add(3614, 3643, text("tsvector").in(printedBy("tsvectorout")));
        add(3615, 3645, text("tsquery"));
        add(3642, 3644, text("gtsvector"));
        add(2249, 2287, text("record"));
        add(3904, 3905, text("int4range").in(printedBy("range_out")));
        add(3906, 3907, text("numrange").in(printedBy("range_out")));
        add(3908, 3909, text("tsrange").in(printedBy("range_out")));
        add(3910, 3911, text("tstzrange").in(printedBy("range_out")));
        add(3912, 3913, text("daterange").in(printedBy("range_out")));
        add(3926, 3927, text("int8range").in(printedBy("range_out")));
        add(4451, 6150, text("int4multirange").in(printedBy("multirange_out")));
        add(4532, 6151, text("nummultirange").in(printedBy("multirange_out")));
        add(4533, 6152, text("tsmultirange").in(printedBy("multirange_out")));
        add(4534, 6153, text("tstzmultirange").in(printedBy("multirange_out")));
        add(4535, 6155, text("datemultirange").in(printedBy("multirange_out")));
        add(4536, 6157, text("int8multirange").in(printedBy("multirange_out")));
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
