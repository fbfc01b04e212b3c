-- The newest instant that is known to have passed, by clocks that held it for an hour: a server whose clock was set back goes on from here.
-- "generation" rises when an administrator takes an instant back; "mac" covers both.
CREATE TABLE clock_mark (
  id         {int}    NOT NULL PRIMARY KEY CHECK (id = 1),
  at         {bigint} NOT NULL,
  generation {bigint} NOT NULL,
  mac        {blob}   NOT NULL
) {strict};
