-- The least rights for `varve backup` on MariaDB 10.5 and newer, RDS for MariaDB too.
--
-- Make the account first: CREATE USER 'varve_backup'@'%' IDENTIFIED BY '...';
-- Then write your schema in place of shop, and run this as an administrator. For more schemas run it for each;
-- for all that there are and will be, write *.* in place of `shop`.* (which shows the accounts' hashes as well).
-- docs/privileges.md says more. `varve check --source` says what is missing.

-- Tables, sequences and their rows. Without it there is no backup.
GRANT SELECT ON `shop`.* TO 'varve_backup'@'%';

-- Views. Without it a backup of a schema with views fails.
GRANT SHOW VIEW ON `shop`.* TO 'varve_backup'@'%';

-- Triggers. Without it they cannot be seen: the backup has none, and says so.
GRANT TRIGGER ON `shop`.* TO 'varve_backup'@'%';

-- Events. Likewise.
GRANT EVENT ON `shop`.* TO 'varve_backup'@'%';

-- Functions and procedures, of all schemas. Likewise. From MariaDB 11.3 on SHOW CREATE ROUTINE ON `shop`.* does too.
GRANT SELECT ON `mysql`.`proc` TO 'varve_backup'@'%';

-- The numbers that InnoDB gives to tables, by which DDL is noticed that comes during the backup. Without it the
-- time at which a table was made stands in, which is exact to the second only.
GRANT PROCESS ON *.* TO 'varve_backup'@'%';

-- To log nothing in its own sessions, so that they let go of a table once it is read. Without it DDL on that table
-- waits until the backup ends, and the backup says so.
-- Not on RDS
GRANT BINLOG ADMIN ON *.* TO 'varve_backup'@'%';

-- Where the snapshots stand in the binary log, which proves that connections see one instant. Without it the tables
-- are locked for an instant instead, and the backup has no log position.
-- Only for: binlog-status
GRANT BINLOG MONITOR ON *.* TO 'varve_backup'@'%';

-- Whether the server is a replica that does not log what it applies; asked where log_slave_updates is off. Likewise.
-- Only for: binlog-status
-- Not on RDS
GRANT SLAVE MONITOR ON *.* TO 'varve_backup'@'%';

-- The lock, where the binary log is off or commits come too fast. Without it one connection reads alone.
-- Only for: lock-tables
GRANT LOCK TABLES ON `shop`.* TO 'varve_backup'@'%';
