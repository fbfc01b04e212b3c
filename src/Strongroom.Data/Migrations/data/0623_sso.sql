-- One identity (keyed hash of issuer and subject) at a provider of single sign-on, one person; his own row must name it too.
CREATE TABLE sso_link (
  identity {blob} NOT NULL PRIMARY KEY,
  person   {blob} NOT NULL
) {strict};
