"""The claim and the submit as one statement each; the benchmark runs the same ones in pgbench."""

TABLES = """
CREATE TABLE item (
    id bigserial PRIMARY KEY, project int NOT NULL, places_left int NOT NULL, open bool NOT NULL, body jsonb NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX item_open ON item (project, id) WHERE open;
CREATE TABLE assignment (
    id bigserial PRIMARY KEY, project int NOT NULL, worker bigint NOT NULL, item bigint NOT NULL, status text NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(), submitted_at timestamptz, answer jsonb,
    UNIQUE (project, worker, item)
);
CREATE TABLE noted (id bigserial PRIMARY KEY, body jsonb NOT NULL, at timestamptz NOT NULL DEFAULT now());
"""
# The worker's own past is passed over by the last item they had; places_left is read in the locked row.
CLAIM = """
WITH picked AS (
    SELECT id, project FROM item WHERE project = {project}::int AND open AND id > coalesce(
        (SELECT max(item) FROM assignment WHERE project = {project}::int AND worker = {worker}::bigint), 0
    ) ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE item SET places_left = places_left - 1, open = places_left > 1 FROM picked WHERE item.id = picked.id
    RETURNING item.id, item.project, item.body
)
INSERT INTO assignment (project, worker, item, status) SELECT project, {worker}::bigint, id, 'active' FROM taken
RETURNING id, (SELECT body FROM taken) AS body
"""
SUBMIT = """
UPDATE assignment SET status = 'submitted', answer = {answer}::jsonb, submitted_at = now()
WHERE id = {assignment}::bigint AND worker = {worker}::bigint AND status = 'active' RETURNING id AS receipt
"""
