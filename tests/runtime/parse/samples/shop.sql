CREATE TABLE basket (
    id INTEGER PRIMARY KEY,
    size INTEGER NOT NULL
);

CREATE VIEW totals AS
SELECT id, lowest(size) FROM basket JOIN stock ON stock.id = basket.id;

CREATE INDEX basket_size ON basket (size);

CREATE FUNCTION discount(value INTEGER) RETURNS INTEGER AS $$
  SELECT value / 2;
$$ LANGUAGE sql;
