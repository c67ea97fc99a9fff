-- The two roles, safe to run again. Neither is a superuser or escapes row security: that is the
-- second wall between clinics. Run it in template1 to reach databases that are made later.

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

ALTER DEFAULT PRIVILEGES FOR ROLE reputation_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO reputation;
ALTER DEFAULT PRIVILEGES FOR ROLE reputation_owner
    GRANT USAGE, SELECT ON SEQUENCES TO reputation;
