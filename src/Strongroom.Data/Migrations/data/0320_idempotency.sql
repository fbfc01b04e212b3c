-- A changing request with an Idempotency-Key leaves its outcome here, in the transaction of the change itself: keyed hashes of key and
-- body, the status and the ids that were made. Never a body, never an answer (architecture.md, Interfaces). Rows live 24 hours.
CREATE TABLE idempotency (
  actor  {blob}   NOT NULL,
  key    {blob}   NOT NULL,
  body   {blob}   NOT NULL,
  status {int}    NOT NULL,
  ids    {text}   NOT NULL,
  at     {bigint} NOT NULL,
  PRIMARY KEY (actor, key)
) {strict};
CREATE INDEX idempotency_at ON idempotency (at);
