BEGIN TRANSACTION;
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	subject VARCHAR(240) NOT NULL, 
	stage VARCHAR(20) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	run_id VARCHAR(64), 
	worker VARCHAR(200) NOT NULL, 
	outcome VARCHAR(20), 
	error TEXT, 
	document TEXT, 
	lease_until BIGINT NOT NULL, 
	started_at BIGINT NOT NULL, 
	finished_at BIGINT, progress FLOAT, done_by BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO "attempts" VALUES(1,'74ff9832670ad759','ingest','20510d00eb37114a6a62','night-1','laptop:4711:6ba24aa2','ok',NULL,'audio/74ff9832670ad759.ogg',1795904350438,1795904230438,1795904230834,NULL,NULL);
INSERT INTO "attempts" VALUES(2,'74ff9832670ad759','transcribe','c54f5bb5b89120eb5ef7','night-1','laptop:4711:0906d4a8','ok',NULL,'transcripts/74ff9832670ad759/c54f5bb5b89120eb5ef7.json',1795904350869,1795904230869,1795904231226,NULL,NULL);
INSERT INTO "attempts" VALUES(3,'74ff9832670ad759','write','ef0b2339b572ee7a1f42','night-1','laptop:4711:d4fed5f3','interim',NULL,'notes/74ff9832670ad759/72ab9098fa17992c9cbb.json',1795904351281,1795904231281,1795904231467,NULL,NULL);
INSERT INTO "attempts" VALUES(4,'me/2026-03-15','compose','a91307771c54177f9475','night-1','laptop:4711:def35aba','ok',NULL,'days/me/2026-03-15.md',1795904351512,1795904231512,1795904231532,NULL,NULL);
CREATE TABLE diary_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT diary_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "diary_version" VALUES('0004');
CREATE TABLE llm_batches (
	id INTEGER NOT NULL, 
	token VARCHAR(40) NOT NULL, 
	route VARCHAR(200) NOT NULL, 
	handle TEXT, 
	files TEXT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	items INTEGER NOT NULL, 
	run_id VARCHAR(64), 
	deadline BIGINT NOT NULL, 
	started_at BIGINT NOT NULL, 
	finished_at BIGINT, 
	PRIMARY KEY (id), 
	UNIQUE (token)
);
INSERT INTO "llm_batches" VALUES(1,'510c95cf08ce','openai/gpt-5-mini-2025-08-07','batch-0','["file-in-0"]','submitted',1,'night-1',1795932000000,1795904231344,NULL);
CREATE TABLE llm_calls (
	id INTEGER NOT NULL, 
	ask VARCHAR(32) NOT NULL, 
	recording VARCHAR(16), 
	purpose VARCHAR(40) NOT NULL, 
	author VARCHAR(200) NOT NULL, 
	day DATE, 
	run_id VARCHAR(64), 
	kind VARCHAR(12) NOT NULL, 
	route VARCHAR(200) NOT NULL, 
	prompt_sha256 VARCHAR(64) NOT NULL, 
	outcome VARCHAR(20), 
	reason VARCHAR(200), 
	input_tokens INTEGER, 
	output_tokens INTEGER, 
	cached_tokens INTEGER, 
	usage VARCHAR(10), 
	reserved BIGINT NOT NULL, 
	settled BIGINT, 
	spent_on DATE, 
	latency_ms INTEGER, 
	batch INTEGER, 
	item VARCHAR(80), 
	started_at BIGINT NOT NULL, 
	finished_at BIGINT, prompt VARCHAR(20), score FLOAT, omitted FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(batch) REFERENCES llm_batches (id)
);
INSERT INTO "llm_calls" VALUES(1,'bcfe26f31476465e','74ff9832670ad759','note','me','2026-03-15','night-1','batch','openai/gpt-5-mini-2025-08-07','7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad',NULL,NULL,NULL,NULL,NULL,NULL,1067625,NULL,'2026-11-28',NULL,1,'510c95cf08ce-c5ddc8f160abc7fddbfe08f672dc886684593f69',1795904231373,NULL,'1',NULL,NULL);
CREATE TABLE llm_spending (
	scope VARCHAR(10) NOT NULL, 
	name VARCHAR(240) NOT NULL, 
	spent BIGINT NOT NULL, 
	PRIMARY KEY (scope, name)
);
INSERT INTO "llm_spending" VALUES('author','2026-11/me',1067625);
INSERT INTO "llm_spending" VALUES('day','2026-11-28',1067625);
INSERT INTO "llm_spending" VALUES('month','2026-11',1067625);
INSERT INTO "llm_spending" VALUES('run','night-1',1067625);
CREATE TABLE recordings (
	id VARCHAR(16) NOT NULL, 
	author VARCHAR(200) NOT NULL, 
	source TEXT NOT NULL, 
	path TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	recorded_at DATETIME, 
	utc_offset INTEGER, 
	dated_by VARCHAR(20), 
	day DATE, 
	language VARCHAR(20), 
	spoken_language VARCHAR(20), 
	privacy VARCHAR(20) NOT NULL, 
	priority INTEGER NOT NULL, 
	sha256 VARCHAR(64), 
	size BIGINT, 
	seconds FLOAT, 
	codec VARCHAR(40), 
	audio TEXT, 
	duplicate_of VARCHAR(16), 
	quarantine TEXT, 
	hold TEXT, 
	seen TEXT, 
	registered_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(duplicate_of) REFERENCES recordings (id)
);
INSERT INTO "recordings" VALUES('74ff9832670ad759','me','2026-03-15 09.40.ogg','2026-03-15 09.40.ogg',1,'2026-03-15 09:40:00.000000',0,'file name','2026-03-15',NULL,'en','standard',0,'bbcd63bf62fcd9dcc0f73d091b1712ccfdc3cc6d8e7432d63a273edbfc438f83',1617,1.006,'opus','audio/74ff9832670ad759.ogg',NULL,NULL,NULL,'1617:1774000180000000000:1795904230164209198','2026-11-28 22:17:10.383770');
CREATE UNIQUE INDEX recordings_path ON recordings (path, version);
CREATE INDEX recordings_day ON recordings (day, author);
CREATE UNIQUE INDEX recordings_bytes ON recordings (author, sha256) WHERE audio IS NOT NULL AND duplicate_of IS NULL;
CREATE UNIQUE INDEX attempts_live ON attempts (stage, subject) WHERE outcome IS NULL;
CREATE INDEX attempts_subject ON attempts (subject, stage, fingerprint);
CREATE INDEX llm_calls_recording ON llm_calls (recording);
CREATE INDEX llm_calls_route ON llm_calls (route, outcome);
CREATE UNIQUE INDEX llm_calls_batch ON llm_calls (batch, item);
COMMIT;
