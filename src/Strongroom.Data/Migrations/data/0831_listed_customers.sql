-- The few customers on controlled lists, so that a list can be read back without walking all customers.
CREATE INDEX customer_listed ON customer (id) WHERE lists IS NOT NULL;
