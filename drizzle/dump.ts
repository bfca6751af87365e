// The schema as the database itself describes it, in a fixed order: what the migrations add up to, to be read and to
// be compared. (pg_dump is not among the embedded binaries.)
import postgres from 'postgres';

/** Kept by tools of their own. */
const FOREIGN_SCHEMAS = ['pg_catalog', 'information_schema', 'pg_toast', 'drizzle', 'pgboss'];

interface TableRow {
  oid: number;
  schema: string;
  name: string;
  rowSecurity: boolean;
  partitionKey: string | null;
}

const qualified = (schema: string, name: string): string =>
  schema === 'public' ? name : `${schema}.${name}`;

async function columns(sql: postgres.Sql, table: TableRow): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.attgenerated = 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
              when a.attidentity <> '' then ' generated ' || case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity'
              when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end
      || case when a.attnotnull then ' not null' else '' end as line
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = ${table.oid} and a.attnum > 0 and not a.attisdropped
    order by a.attnum`;
  return rows.map(({ line }) => line);
}

async function constraints(sql: postgres.Sql, table: TableRow): Promise<string[]> {
  // Not-null constraints stand beside their columns.
  const rows = await sql<{ line: string }[]>`
    select 'constraint ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid) as line
    from pg_constraint where conrelid = ${table.oid} and contype <> 'n'
    order by case contype when 'p' then 0 when 'u' then 1 when 'c' then 2 else 3 end, conname`;
  return rows.map(({ line }) => line);
}

async function afterwards(sql: postgres.Sql, table: TableRow): Promise<string[]> {
  const indexes = await sql<{ line: string }[]>`
    select pg_get_indexdef(i.indexrelid) || ';' as line
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = ${table.oid}
      and not exists (select from pg_constraint where conindid = i.indexrelid and contype in ('p', 'u', 'x'))
    order by c.relname`;
  const triggers = await sql<{ line: string }[]>`
    select pg_get_triggerdef(oid) || ';' as line
    from pg_trigger where tgrelid = ${table.oid} and not tgisinternal order by tgname`;
  const policies = await sql<{ line: string }[]>`
    select 'create policy ' || quote_ident(policyname) || ' on ' || quote_ident(tablename)
      || ' as ' || lower(permissive) || ' for ' || lower(cmd) || ' to ' || array_to_string(roles, ', ')
      || coalesce(' using (' || qual || ')', '') || coalesce(' with check (' || with_check || ')', '') || ';' as line
    from pg_policies where schemaname = ${table.schema} and tablename = ${table.name} order by policyname`;
  const security = table.rowSecurity
    ? [`alter table ${qualified(table.schema, table.name)} enable row level security;`]
    : [];
  return [...indexes, ...triggers, ...policies].map(({ line }) => line).concat(security);
}

async function tables(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<TableRow[]>`
    select c.oid::int as oid, n.nspname as schema, c.relname as name, c.relrowsecurity as "rowSecurity",
      pg_get_partkeydef(c.oid) as "partitionKey"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname <> all(${FOREIGN_SCHEMAS})
    order by n.nspname, c.relname`;
  const blocks: string[] = [];
  for (const table of rows) {
    const inside = [...(await columns(sql, table)), ...(await constraints(sql, table))];
    const partition = table.partitionKey === null ? '' : ` partition by ${table.partitionKey}`;
    const head = `create table ${qualified(table.schema, table.name)} (\n  ${inside.join(',\n  ')}\n)${partition};`;
    blocks.push([head, ...(await afterwards(sql, table))].join('\n'));
  }
  return blocks;
}

async function others(sql: postgres.Sql): Promise<string[]> {
  const extensions = await sql<{ line: string }[]>`
    select 'create extension ' || extname || ';' as line from pg_extension where extname <> 'plpgsql' order by 1`;
  const enums = await sql<{ line: string }[]>`
    select 'create type ' || t.typname || ' as enum (' ||
      string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) || ');' as line
    from pg_type t join pg_enum e on e.enumtypid = t.oid join pg_namespace n on n.oid = t.typnamespace
    where n.nspname <> all(${FOREIGN_SCHEMAS}) group by t.typname order by 1`;
  const functions = await sql<{ line: string }[]>`
    select pg_get_functiondef(p.oid) || ';' as line from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname <> all(${FOREIGN_SCHEMAS}) and p.prokind in ('f', 'p')
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    order by p.proname, p.oid`;
  const views = await sql<{ line: string }[]>`
    select 'create ' || case c.relkind when 'm' then 'materialized view ' else 'view ' end || c.relname || ' as' ||
      chr(10) || pg_get_viewdef(c.oid, true) as line
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and n.nspname <> all(${FOREIGN_SCHEMAS}) order by c.relname`;
  return [...extensions, ...enums, ...functions, ...views].map(({ line }) => line);
}

/** The text of `schema.sql` for a migrated database. */
export async function dumpSchema(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const blocks = [...(await others(sql)), ...(await tables(sql))];
    return `-- Generated from the migrations by \`npm run generate\`; not applied anywhere.\n\n${blocks.join('\n\n')}\n`;
  } finally {
    await sql.end();
  }
}
