from django.db import migrations

# As for names (see the first migration of `patients`), the words are rows of a table of their own,
# because under row-level security PostgreSQL uses an index only for plain comparisons. Only texts of
# patients with a conversation are in it: an ask that is answered by "5" costs one look-up.
#
# All words of a conversation are written anew when one of its texts changes, which is few rows.
# Digits are kept in reverse, as the search reverses them for phones.
WORDS = r"""
CREATE TABLE messaging_word (
    workspace_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    word text COLLATE "C" NOT NULL
);
CREATE INDEX messaging_word_found ON messaging_word (workspace_id, word, patient_id);
CREATE INDEX messaging_word_patient ON messaging_word (patient_id);
ALTER TABLE messaging_word ENABLE ROW LEVEL SECURITY;
ALTER TABLE messaging_word FORCE ROW LEVEL SECURITY;
CREATE POLICY messaging_word_row_security ON messaging_word USING (
    workspace_id = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid)
    OR (SELECT coalesce(current_setting('app.platform', true), '') <> ''));

CREATE FUNCTION messaging_write_words(patient uuid) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM messaging_word WHERE patient_id = patient;
    INSERT INTO messaging_word (workspace_id, patient_id, word)
    SELECT c.workspace_id, patient,
           CASE WHEN word ~ '^[0-9]+$' THEN reverse(word) ELSE left(word, 100) END
    FROM messaging_conversation c
    CROSS JOIN LATERAL (
        SELECT DISTINCT unnest(patients_words(said.text, '')) AS word
        FROM (
            SELECT body AS text FROM messaging_inboundmessage WHERE patient_id = patient
            UNION ALL
            SELECT comment || ' ' || CASE WHEN type = 'ANSWER' THEN content ELSE '' END
            FROM messaging_message WHERE patient_id = patient
            UNION ALL
            SELECT comment FROM messaging_feedback WHERE patient_id = patient
            UNION ALL
            SELECT n.text FROM messaging_conversationnote n WHERE n.conversation_id = c.id
        ) said
    ) words
    WHERE c.patient_id = patient AND length(word) > 1;
END $$;

CREATE FUNCTION messaging_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM messaging_conversation WHERE patient_id = NEW.patient_id) THEN
        PERFORM messaging_write_words(NEW.patient_id);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION messaging_words_noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM messaging_write_words(c.patient_id) FROM messaging_conversation c
    WHERE c.id = coalesce(NEW.conversation_id, OLD.conversation_id);
    RETURN NULL;
END $$;
CREATE FUNCTION messaging_words_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM messaging_word WHERE patient_id = OLD.patient_id;
    RETURN NULL;
END $$;

CREATE TRIGGER messaging_words_opened AFTER INSERT ON messaging_conversation
    FOR EACH ROW EXECUTE FUNCTION messaging_words_changed();
CREATE TRIGGER messaging_words_gone AFTER DELETE ON messaging_conversation
    FOR EACH ROW EXECUTE FUNCTION messaging_words_gone();
CREATE TRIGGER messaging_words_came AFTER INSERT OR UPDATE OF body ON messaging_inboundmessage
    FOR EACH ROW EXECUTE FUNCTION messaging_words_changed();
CREATE TRIGGER messaging_words_answered AFTER INSERT ON messaging_message
    FOR EACH ROW WHEN (NEW.type = 'ANSWER') EXECUTE FUNCTION messaging_words_changed();
CREATE TRIGGER messaging_words_rated AFTER UPDATE OF comment, content ON messaging_message
    FOR EACH ROW WHEN (OLD.comment IS DISTINCT FROM NEW.comment
        OR (NEW.type = 'ANSWER' AND OLD.content IS DISTINCT FROM NEW.content))
    EXECUTE FUNCTION messaging_words_changed();
CREATE TRIGGER messaging_words_told AFTER INSERT OR UPDATE OF comment ON messaging_feedback
    FOR EACH ROW EXECUTE FUNCTION messaging_words_changed();
CREATE TRIGGER messaging_words_noted AFTER INSERT OR DELETE OR UPDATE OF text ON messaging_conversationnote
    FOR EACH ROW EXECUTE FUNCTION messaging_words_noted();
"""

UNDO = """
DROP FUNCTION messaging_words_changed() CASCADE;
DROP FUNCTION messaging_words_noted() CASCADE;
DROP FUNCTION messaging_words_gone() CASCADE;
DROP FUNCTION messaging_write_words(uuid);
DROP TABLE messaging_word;
"""

# Conversations of before get their channel and their words.
FILL = """
SELECT set_config('app.platform', 'migration', true);
UPDATE messaging_conversation c SET channel = (
    SELECT channel FROM messaging_inboundmessage i WHERE i.patient_id = c.patient_id
    ORDER BY received_at DESC LIMIT 1)
WHERE EXISTS (SELECT FROM messaging_inboundmessage i WHERE i.patient_id = c.patient_id);
SELECT messaging_write_words(patient_id) FROM messaging_conversation;
SELECT set_config('app.platform', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0008_inbox_work"), ("patients", "0001_initial")]

    operations = [
        migrations.RunSQL(WORDS, UNDO),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
