-- Gives the roles their passwords and makes the database: once, when the container's data is new.

\getenv owner_password OWNER_PASSWORD
\getenv application_password APPLICATION_PASSWORD

ALTER ROLE reputation_owner PASSWORD :'owner_password';
ALTER ROLE reputation PASSWORD :'application_password';

CREATE DATABASE reputation OWNER reputation_owner;
