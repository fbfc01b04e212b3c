-- Exclusive duties of one node at a time; "expires" in UTC milliseconds, "token" fences off earlier holders.
CREATE TABLE lease (
  name    {text}   NOT NULL PRIMARY KEY,
  holder  {text}   NOT NULL,
  token   {bigint} NOT NULL,
  expires {bigint} NOT NULL
) {strict};
