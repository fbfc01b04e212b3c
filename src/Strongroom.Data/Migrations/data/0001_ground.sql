-- What every later step stands on.

-- Exclusive duties of one node at a time; "expires" in UTC milliseconds, "token" fences off earlier holders.
CREATE TABLE lease (
  name    {text}   NOT NULL PRIMARY KEY,
  holder  {text}   NOT NULL,
  token   {bigint} NOT NULL,
  expires {bigint} NOT NULL
) {strict};

-- One row; rises with every change of configuration, in the same transaction.
CREATE TABLE config_epoch (
  id    {int}    NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch {bigint} NOT NULL
) {strict};
INSERT INTO config_epoch (id, epoch) VALUES (1, 1);

-- @postgres
-- Compartment tables belong to these roles:  ALTER TABLE t OWNER TO {role:sensitive};
-- to own a table a role must be able to create in the schema. Whatever else it needs is granted table by table.
GRANT USAGE, CREATE ON SCHEMA strongroom TO {role:general}, {role:sensitive};
-- @end
