-- The two roles, safe to run again. Neither is a superuser or escapes row security: that is the
-- second wall between clinics. What the application may do to tables, `manage.py migrate` grants.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reputation_owner') THEN
        -- Owns the database and its tables: migrations, and making test databases.
        CREATE ROLE reputation_owner LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reputation') THEN
        -- The application: reads and writes rows, changes no table.
        CREATE ROLE reputation LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
    END IF;
END
$$;
