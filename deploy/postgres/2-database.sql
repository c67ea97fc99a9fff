-- Sets the passwords of the roles and creates the database. Runs once, when the container has no data yet.

\getenv owner_password OWNER_PASSWORD
\getenv application_password APPLICATION_PASSWORD

ALTER ROLE reputation_owner PASSWORD :'owner_password';
ALTER ROLE reputation PASSWORD :'application_password';

CREATE DATABASE reputation OWNER reputation_owner;
