-- The status tables as the pipeline's app makes them, and a pipeline for the sample job.
CREATE TABLE pipelines (
    id serial PRIMARY KEY,
    name varchar(255) NOT NULL,
    description text,
    status varchar(20) DEFAULT 'pending',
    created_at timestamp DEFAULT now(),
    updated_at timestamp DEFAULT now(),
    input_file varchar(500),
    output_file varchar(500),
    prefect_flow_run_id varchar(255),
    records_processed integer DEFAULT 0,
    error_message text
);
CREATE TABLE pipeline_stages (
    id serial PRIMARY KEY,
    pipeline_id integer NOT NULL REFERENCES pipelines (id),
    name varchar(255) NOT NULL,
    description text,
    status varchar(20) DEFAULT 'pending',
    started_at timestamp,
    completed_at timestamp,
    execution_time_seconds double precision,
    error_message text
);
INSERT INTO pipelines (name, description) VALUES ('sample', 'The sample job of docker-compose.yml');
INSERT INTO pipeline_stages (pipeline_id, name) VALUES (1, 'Spark Processing');
