-- Which factors a session rests on and when each was proved, bound by the session's MAC. Sessions from before this step end.
ALTER TABLE session ADD COLUMN proofs {text} NOT NULL DEFAULT '';

-- The last time step of a person's one-time passwords that signed him in: each step is good once, on all nodes together (RFC 6238 §5.2).
CREATE TABLE totp_use (
  person {blob}   NOT NULL PRIMARY KEY,
  step   {bigint} NOT NULL
) {strict};
