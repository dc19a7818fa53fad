package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.PublishedTables;

/**
 * A type whose definition may change what stored values print as: an enum or a composite type, which published columns have
 * themselves or in arrays, domains, ranges and other composite types.
 *
 * @param name its qualified name
 * @param parts of an enum {@code OID/label} of each value, of a composite type the number of each attribute
 * @param tables the published tables with such columns, by OID
 */
record UsedType(long oid, String name, boolean composite, List<String> parts, Map<Long, TableName> tables)
        implements ValueOrigin {

    private static final String TYPES = """
            with recursive used(relation, type) as (
                select a.attrelid, a.atttypid
                from %s
                join pg_attribute a on a.attrelid = c.oid
                where p.pubname = ? and a.attnum > 0 and not a.attisdropped and a.atttypid >= 16384
                union
                select u.relation, part.type
                from used u join pg_type t on t.oid = u.type
                cross join lateral (
                    select t.typelem union select t.typbasetype
                    union select r.rngsubtype from pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)
                    union select a.atttypid from pg_attribute a
                          where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) part(type)
                where part.type >= 16384
            )
            select t.oid, quote_ident(tn.nspname) || '.' || quote_ident(t.typname), t.typtype = 'c',
                   case t.typtype
                     when 'e' then array(select e.oid || '/' || e.enumlabel from pg_enum e where e.enumtypid = t.oid
                                         order by e.oid)
                     else array(select a.attnum::text from pg_attribute a
                                where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped order by a.attnum)
                   end,
                   c.oid, n.nspname, c.relname
            from used u
            join pg_type t on t.oid = u.type
            join pg_namespace tn on tn.oid = t.typnamespace
            join pg_class c on c.oid = u.relation
            join pg_namespace n on n.oid = c.relnamespace
            where t.typtype in ('c', 'e')
            order by t.oid, c.oid""";

    /** Returns the types that the tables of a publication have now. */
    static Collection<UsedType> of(Connection connection, String publication) throws SQLException {
        Map<Long, UsedType> types = new LinkedHashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement(TYPES.formatted(PublishedTables.from(connection)))) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    UsedType type = types.get(row.getLong(1));
                    if (type == null) {
                        type = new UsedType(
                                row.getLong(1),
                                row.getString(2),
                                row.getBoolean(3),
                                List.of((String[]) row.getArray(4).getArray()),
                                new LinkedHashMap<>());
                        types.put(type.oid, type);
                    }
                    type.tables.put(row.getLong(5), new TableName(row.getString(6), row.getString(7)));
                }
            }
        }
        return new ArrayList<>(types.values());
    }

    @Override
    public Kind kind() {
        return Kind.TYPE;
    }

    @Override
    public Optional<String> change(List<String> before) {
        String subject = "its type " + name;
        if (composite) {
            return before.equals(parts) ? Optional.empty() : Optional.of(subject + " got or lost attributes");
        }
        Map<String, String> labels = new HashMap<>();
        before.forEach(part -> labels.put(oid(part), part));
        boolean renamed = parts.stream()
                .anyMatch(part -> !labels.getOrDefault(oid(part), part).equals(part));
        return renamed ? Optional.of(subject + " has values with new names") : Optional.empty();
    }

    private static String oid(String part) {
        return part.substring(0, part.indexOf('/'));
    }
}
