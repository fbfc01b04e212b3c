-- Calls that the telephone system announced (domain.md §5): for one agent, for minutes. "reference" and "number" are sealed, "number" goes when the call
-- is over; "rang" is when his desk first showed it, "session" the service session he opened for it, "noted" when he wrapped it up. "mac" covers every other column.
CREATE TABLE waiting_call (
  id        {blob}   NOT NULL PRIMARY KEY,
  version   {bigint} NOT NULL,
  client    {blob}   NOT NULL,
  agent     {blob}   NOT NULL,
  purpose   {text}   NOT NULL,
  channel   {blob},
  reference {blob}   NOT NULL,
  number    {blob},
  begun     {bigint} NOT NULL,
  until     {bigint} NOT NULL,
  rang      {bigint},
  session   {blob},
  ended     {bigint},
  noted     {bigint},
  mac       {blob}   NOT NULL
) {strict};
CREATE INDEX waiting_call_agent ON waiting_call (agent, until);
CREATE INDEX waiting_call_session ON waiting_call (session);
CREATE INDEX waiting_call_until ON waiting_call (until);
