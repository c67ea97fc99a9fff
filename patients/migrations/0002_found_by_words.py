from django.db import migrations

# A name's words without accents and capitals, and the phone from its end: what a person is found
# by. The row-level security of patients keeps PostgreSQL from using an index on anything but plain
# comparisons (text search could leak what it sees to the one who asks), so the words stand in
# rows of their own, behind the same wall, in an order that plain comparisons can use.
WORDS = r"""
CREATE FUNCTION patients_words(name text, phone text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(string_to_array(translate(
        lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f]', '', 'g')),
        '.,;:-_/\|()[]{}"''`’´&+*#!?¡¿' || chr(9) || chr(10) || chr(160), rpad('', 40)), ' '), '')
    || CASE WHEN phone = '' THEN '{}' ELSE ARRAY[reverse(substr(phone, 2))] END
$$;

CREATE FUNCTION patients_begins(name text, phone text, beginnings text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bool_and(EXISTS (
        SELECT FROM unnest(patients_words(name, phone)) word WHERE starts_with(word, beginning)))
    FROM unnest(beginnings) beginning
$$;

CREATE TABLE patients_word (
    workspace_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    word text COLLATE "C" NOT NULL
);
CREATE INDEX patients_word_found ON patients_word (workspace_id, word, patient_id);
ALTER TABLE patients_word ENABLE ROW LEVEL SECURITY;
ALTER TABLE patients_word FORCE ROW LEVEL SECURITY;
CREATE POLICY patients_word_wall ON patients_word USING (
    workspace_id = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid)
    OR (SELECT coalesce(current_setting('app.platform', true), '') <> ''));

CREATE FUNCTION patients_word_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO patients_word (workspace_id, patient_id, word)
    SELECT workspace_id, id, unnest(patients_words(name, phone)) FROM fresh;
    RETURN NULL;
END $$;
CREATE TRIGGER patients_word_added AFTER INSERT ON patients_patient
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION patients_word_added();

CREATE FUNCTION patients_word_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM patients_word
    WHERE workspace_id = OLD.workspace_id AND patient_id = OLD.id
      AND word = ANY (patients_words(OLD.name, OLD.phone));
    INSERT INTO patients_word (workspace_id, patient_id, word)
    SELECT NEW.workspace_id, NEW.id, unnest(patients_words(NEW.name, NEW.phone));
    RETURN NULL;
END $$;
CREATE TRIGGER patients_word_changed AFTER UPDATE OF name, phone ON patients_patient FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.phone IS DISTINCT FROM NEW.phone)
    EXECUTE FUNCTION patients_word_changed();

CREATE FUNCTION patients_word_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM patients_word w
    USING (SELECT workspace_id, id, unnest(patients_words(name, phone)) AS word FROM gone) g
    WHERE w.workspace_id = g.workspace_id AND w.word = g.word AND w.patient_id = g.id;
    RETURN NULL;
END $$;
CREATE TRIGGER patients_word_gone AFTER DELETE ON patients_patient
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION patients_word_gone();
"""

UNDO = """
DROP FUNCTION patients_word_added() CASCADE;
DROP FUNCTION patients_word_changed() CASCADE;
DROP FUNCTION patients_word_gone() CASCADE;
DROP TABLE patients_word;
DROP FUNCTION patients_begins(text, text, text[]);
DROP FUNCTION patients_words(text, text);
"""


# Django makes this index for every unique text, and nobody looks for the beginning of a token: it
# only made imports slower.
BEGINNINGS = "patients_patient_token_00f4a411_like"


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_first_release")]

    operations = [
        migrations.RunSQL(WORDS, UNDO),
        migrations.RunSQL(
            f"DROP INDEX {BEGINNINGS}",
            f"CREATE INDEX {BEGINNINGS} ON patients_patient (token varchar_pattern_ops)",
        ),
    ]
