-- What changes with every use of a passkey, and the claim of one credential by one person. A row that is missing puts the passkey out of use.
CREATE TABLE passkey_use (
  passkey    {blob}   NOT NULL PRIMARY KEY,
  credential {blob}   NOT NULL UNIQUE,
  counter    {bigint} NOT NULL,
  used       {bigint},
  flagged    {bigint}
) {strict};

-- Tickets of two-step acts that succeeded, until they would have ended by themselves: each is good once, on all nodes together.
CREATE TABLE ceremony_spent (
  ticket  {blob}   NOT NULL PRIMARY KEY,
  expires {bigint} NOT NULL
) {strict};
