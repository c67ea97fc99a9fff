-- Creates the two roles; safe to run again. Neither is a superuser or bypasses row security, which
-- separates the clinics. `manage.py migrate` grants the application its privileges on tables.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reputation_owner') THEN
        -- Owns the database and its tables: runs migrations and creates test databases.
        CREATE ROLE reputation_owner LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reputation') THEN
        -- The application: reads and writes rows, but cannot change tables.
        CREATE ROLE reputation LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
    END IF;
END
$$;
