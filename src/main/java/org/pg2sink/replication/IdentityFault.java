package org.pg2sink.replication;

import org.pg2sink.changelog.TableName;

/**
 * Says why a publication must not carry a table: the server would refuse UPDATEs and DELETEs of the application, or its
 * changes would not tell which row they concern.
 *
 * @param kind the reason
 * @param relation the table at fault: the table itself, or one of its partitions
 * @see <a href="https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY">Replica
 *     Identity</a>
 */
public record IdentityFault(Kind kind, TableName relation) {

    /**
     * Selects the fault of the relation {@code c} in the publication {@code p}, which may be missing, with the membership
     * {@code m}, which may be missing. It is the server's own rule (CheckCmdReplicaIdentity), which looks at each partition.
     * Servers before 18 do not check generated columns, and leave them out of what they publish of a replica identity. The
     * planner expects a thousand rows of a function, but few of an array, for which it uses indexes. A publication that is
     * missing will be made with {@code publish_generated_columns = stored}.
     */
    private static final String SELECT = """
            select case
                     when l.relreplident = 'f' then case
                       when %1$s then 'COLUMN_LIST'
                       when %4$s and exists (select from pg_attribute a where a.attrelid = l.oid
                                             and a.attgenerated = 'v' and not a.attisdropped) then 'VIRTUAL_COLUMN'
                       when %4$s and not %5$s
                            and exists (select from pg_attribute a where a.attrelid = l.oid
                                        and a.attgenerated = 's' and not a.attisdropped) then 'UNPUBLISHED_COLUMN' end
                     when k.names is null then 'NO_IDENTITY'
                     when not %4$s and k.generated then 'GENERATED_COLUMN'
                     when k.generated and not %1$s and not %5$s then 'UNPUBLISHED_COLUMN'
                     when %1$s and exists (select from unnest(k.names) key where not exists (
                            select from pg_attribute a where a.attrelid = c.oid and a.attname = key and %2$s))
                       then 'COLUMN_LIST'
                     when exists (select from regexp_matches(%3$s, ':varattno (\\d+)', 'g') used
                                  join pg_attribute a on a.attrelid = c.oid and a.attnum = used[1]::int
                                  where a.attname <> all (k.names)) then 'ROW_FILTER'
                   end as fault, ln.nspname, l.relname
            from unnest(case c.relkind when 'p' then array(%6$s)
                        else array[c.oid] end) leaf (oid)
            join pg_class l on l.oid = leaf.oid
            join pg_namespace ln on ln.oid = l.relnamespace
            left join lateral (
              select array_agg(a.attname) as names, bool_or(a.attgenerated <> '') as generated
              from pg_index i
              join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])
              where i.indrelid = l.oid and i.indisvalid and i.indisunique and i.indimmediate and i.indpred is null
                and case l.relreplident when 'd' then i.indisprimary when 'i' then i.indisreplident end) k on true
            where l.relkind = 'r' and (p.oid is null or p.pubupdate or p.pubdelete)""";

    /** @param major the version of the server: earlier ones have no column lists, row filters or choice of generated columns */
    static String select(int major) {
        boolean lists = major >= 15;
        boolean generated = major >= 18;
        return SELECT.formatted(
                lists ? "(m.prattrs is not null)" : "false",
                lists ? "a.attnum = any (m.prattrs)" : "true",
                lists ? "m.prqual::text" : "null::text",
                generated,
                generated ? "coalesce(p.pubgencols = 's', true)" : "true",
                Sql.PARTITION_TREE);
    }

    private static final String REFUSED = ", so the server would refuse its UPDATEs and DELETEs if it were published";

    private static final String FULL = "ALTER TABLE %1$s REPLICA IDENTITY FULL;";

    /** Says what is wrong with the identity. */
    public enum Kind {
        NO_IDENTITY(
                "has no primary key or other replica identity, and publishing it would"
                        + " make the server refuse its UPDATEs and DELETEs",
                "Give it a primary key, or run ALTER TABLE %1$s REPLICA IDENTITY FULL.",
                FULL),
        GENERATED_COLUMN(
                "has a generated column in its replica identity, which servers before 18 do not publish, so its DELETEs"
                        + " would not tell which row they delete",
                "Run ALTER TABLE %1$s REPLICA IDENTITY FULL, or USING INDEX with a unique index of other columns.",
                FULL),
        UNPUBLISHED_COLUMN(
                "has a generated column in its replica identity that the publication does not publish" + REFUSED,
                "Run ALTER PUBLICATION %2$s SET (publish_generated_columns = stored).",
                "ALTER PUBLICATION %2$s SET (publish_generated_columns = stored);"),
        VIRTUAL_COLUMN(
                "has REPLICA IDENTITY FULL and a virtual generated column, which cannot be published" + REFUSED,
                "Give it a primary key and run ALTER TABLE %1$s REPLICA IDENTITY DEFAULT.",
                "ALTER TABLE %1$s REPLICA IDENTITY DEFAULT;"),
        COLUMN_LIST(
                "has a replica identity with columns that the publication's column list leaves out" + REFUSED,
                "Run ALTER PUBLICATION %2$s DROP TABLE %1$s, and add it without a column list.",
                "ALTER PUBLICATION %2$s DROP TABLE %1$s; ALTER PUBLICATION %2$s ADD TABLE %1$s;"),
        ROW_FILTER(
                "has a row filter in the publication that uses columns outside of its replica identity" + REFUSED,
                "Run ALTER PUBLICATION %2$s DROP TABLE %1$s, and add it without WHERE, or run ALTER TABLE %1$s REPLICA"
                        + " IDENTITY FULL.",
                FULL);

        private final String reason;
        private final String remedy;
        private final String sql;

        Kind(String reason, String remedy, String sql) {
            this.reason = reason;
            this.remedy = remedy;
            this.sql = sql;
        }
    }

    /** Returns why {@code table} must not be published, as the end of a sentence that names the table. */
    public String reason(TableName table) {
        return relation.equals(table) ? kind.reason : "has the partition " + relation + ", which " + kind.reason;
    }

    /** Returns what to do about it, as a sentence. */
    String remedy(String publication) {
        return kind.remedy.formatted(Sql.quoted(relation), Sql.quoted(publication));
    }

    /** Returns the statement that ends it. */
    public String sql(String publication) {
        return kind.sql.formatted(Sql.quoted(relation), Sql.quoted(publication));
    }
}
