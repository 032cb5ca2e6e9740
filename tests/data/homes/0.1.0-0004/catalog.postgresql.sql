CREATE TABLE public.attempts (
    id bigint NOT NULL,
    subject character varying(240) NOT NULL,
    stage character varying(20) NOT NULL,
    fingerprint character varying(64) NOT NULL,
    run_id character varying(64),
    worker character varying(200) NOT NULL,
    outcome character varying(20),
    error text,
    document text,
    lease_until bigint NOT NULL,
    started_at bigint NOT NULL,
    finished_at bigint,
    progress double precision,
    done_by bigint
);

CREATE SEQUENCE public.attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.attempts_id_seq OWNED BY public.attempts.id;

CREATE TABLE public.diary_version (
    version_num character varying(32) NOT NULL
);

CREATE TABLE public.llm_batches (
    id bigint NOT NULL,
    token character varying(40) NOT NULL,
    route character varying(200) NOT NULL,
    handle text,
    files text NOT NULL,
    state character varying(20) NOT NULL,
    items integer NOT NULL,
    run_id character varying(64),
    deadline bigint NOT NULL,
    started_at bigint NOT NULL,
    finished_at bigint
);

CREATE SEQUENCE public.llm_batches_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.llm_batches_id_seq OWNED BY public.llm_batches.id;

CREATE TABLE public.llm_calls (
    id bigint NOT NULL,
    ask character varying(32) NOT NULL,
    recording character varying(16),
    purpose character varying(40) NOT NULL,
    author character varying(200) NOT NULL,
    day date,
    run_id character varying(64),
    kind character varying(12) NOT NULL,
    route character varying(200) NOT NULL,
    prompt_sha256 character varying(64) NOT NULL,
    outcome character varying(20),
    reason character varying(200),
    input_tokens integer,
    output_tokens integer,
    cached_tokens integer,
    usage character varying(10),
    reserved bigint NOT NULL,
    settled bigint,
    spent_on date,
    latency_ms integer,
    batch bigint,
    item character varying(80),
    started_at bigint NOT NULL,
    finished_at bigint,
    prompt character varying(20),
    score double precision,
    omitted double precision
);

CREATE SEQUENCE public.llm_calls_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.llm_calls_id_seq OWNED BY public.llm_calls.id;

CREATE TABLE public.llm_spending (
    scope character varying(10) NOT NULL,
    name character varying(240) NOT NULL,
    spent bigint NOT NULL
);

CREATE TABLE public.recordings (
    id character varying(16) NOT NULL,
    author character varying(200) NOT NULL,
    source text NOT NULL,
    path text NOT NULL,
    version integer NOT NULL,
    recorded_at timestamp with time zone,
    utc_offset integer,
    dated_by character varying(20),
    day date,
    language character varying(20),
    spoken_language character varying(20),
    privacy character varying(20) NOT NULL,
    priority integer NOT NULL,
    sha256 character varying(64),
    size bigint,
    seconds double precision,
    codec character varying(40),
    audio text,
    duplicate_of character varying(16),
    quarantine text,
    hold text,
    seen text,
    registered_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.attempts ALTER COLUMN id SET DEFAULT nextval('public.attempts_id_seq'::regclass);

ALTER TABLE ONLY public.llm_batches ALTER COLUMN id SET DEFAULT nextval('public.llm_batches_id_seq'::regclass);

ALTER TABLE ONLY public.llm_calls ALTER COLUMN id SET DEFAULT nextval('public.llm_calls_id_seq'::regclass);

INSERT INTO public.attempts VALUES (1, '0d130c290e6ba1bd', 'ingest', '0b4e6dfb1dbf68d33dd6', NULL, 'laptop:4711:8ad11a1d', 'ok', NULL, 'audio/0d130c290e6ba1bd.ogg', 1795904318291, 1795904198291, 1795904198665, NULL, NULL);
INSERT INTO public.attempts VALUES (2, '53619a68a3507d3a', 'ingest', 'd028ebb947407a4ecc42', NULL, 'laptop:4711:8ad11a1d', 'ok', NULL, 'audio/53619a68a3507d3a.ogg', 1795904318303, 1795904198303, 1795904198706, NULL, NULL);
INSERT INTO public.attempts VALUES (3, '703b1fa31a477b8d', 'ingest', 'a15c42a9427957e045c3', NULL, 'laptop:4711:8ad11a1d', 'ok', NULL, 'audio/703b1fa31a477b8d.wav', 1795904318304, 1795904198304, 1795904198750, NULL, NULL);
INSERT INTO public.attempts VALUES (4, '7d3d4b59c80808cb', 'ingest', '0556adda458d7629f3d0', NULL, 'laptop:4711:8ad11a1d', 'ok', NULL, 'audio/7d3d4b59c80808cb.ogg', 1795904318306, 1795904198306, 1795904198783, NULL, NULL);
INSERT INTO public.attempts VALUES (5, '41d37cf4e8fab349', 'ingest', 'f2615801c0ce1e5c025c', NULL, 'laptop:4711:8ad11a1d', 'ok', NULL, 'audio/41d37cf4e8fab349.m4a', 1795904318307, 1795904198307, 1795904198834, NULL, NULL);
INSERT INTO public.attempts VALUES (6, '6ae7d13256565a45', 'ingest', '27fa3c4b9e52588fba2e', NULL, 'laptop:4711:8ad11a1d', 'ok', NULL, 'audio/6ae7d13256565a45.ogg', 1795904318310, 1795904198310, 1795904198861, NULL, NULL);
INSERT INTO public.attempts VALUES (7, '1adb417e4fe64337', 'ingest', '961deeff0e9028d8fe1d', NULL, 'laptop:4711:8ad11a1d', 'failed', '''2026-03-15 10.00.m4a'' is not audio that can be read: damaged, cut off, or another kind of file. Restore it from where it came.', NULL, 1795904318318, 1795904198318, 1795904198899, NULL, NULL);
INSERT INTO public.attempts VALUES (8, '1e31a469d601d16a', 'ingest', '004ce7b4abe251c88a34', NULL, 'laptop:4711:8ad11a1d', 'ok', NULL, 'audio/1e31a469d601d16a.ogg', 1795904318319, 1795904198319, 1795904198946, NULL, NULL);
INSERT INTO public.attempts VALUES (9, '0d130c290e6ba1bd', 'transcribe', 'd89707fe313fc1dec6ac', NULL, 'laptop:4711:7c2ca108', 'ok', NULL, 'transcripts/0d130c290e6ba1bd/d89707fe313fc1dec6ac.json', 1795904319024, 1795904199024, 1795904199458, NULL, NULL);
INSERT INTO public.attempts VALUES (10, '53619a68a3507d3a', 'transcribe', 'c54f5bb5b89120eb5ef7', NULL, 'laptop:4711:7c2ca108', 'ok', NULL, 'transcripts/53619a68a3507d3a/c54f5bb5b89120eb5ef7.json', 1795904319030, 1795904199030, 1795904199532, NULL, NULL);
INSERT INTO public.attempts VALUES (11, '703b1fa31a477b8d', 'transcribe', 'c54f5bb5b89120eb5ef7', NULL, 'laptop:4711:7c2ca108', 'ok', NULL, 'transcripts/703b1fa31a477b8d/c54f5bb5b89120eb5ef7.json', 1795904319032, 1795904199032, 1795904199570, NULL, NULL);
INSERT INTO public.attempts VALUES (12, '7d3d4b59c80808cb', 'transcribe', 'c54f5bb5b89120eb5ef7', NULL, 'laptop:4711:7c2ca108', 'ok', NULL, 'transcripts/7d3d4b59c80808cb/c54f5bb5b89120eb5ef7.json', 1795904319038, 1795904199038, 1795904199622, NULL, NULL);
INSERT INTO public.attempts VALUES (13, '41d37cf4e8fab349', 'transcribe', 'd89707fe313fc1dec6ac', NULL, 'laptop:4711:7c2ca108', 'ok', NULL, 'transcripts/41d37cf4e8fab349/d89707fe313fc1dec6ac.json', 1795904319042, 1795904199042, 1795904199674, NULL, NULL);
INSERT INTO public.attempts VALUES (14, '6ae7d13256565a45', 'transcribe', 'c54f5bb5b89120eb5ef7', NULL, 'laptop:4711:7c2ca108', 'ok', NULL, 'transcripts/6ae7d13256565a45/c54f5bb5b89120eb5ef7.json', 1795904319043, 1795904199043, 1795904199718, NULL, NULL);
INSERT INTO public.attempts VALUES (15, '1e31a469d601d16a', 'transcribe', 'c54f5bb5b89120eb5ef7', NULL, 'laptop:4711:7c2ca108', 'failed', '''2026-03-15 17.30.ogg'' cannot be transcribed: its sound was made for a test that wants it to fail.', NULL, 1795904319046, 1795904199046, 1795904199750, NULL, NULL);
INSERT INTO public.attempts VALUES (16, '0d130c290e6ba1bd', 'write', '956c4c670edb1d8e7859', NULL, 'laptop:4711:fce6c0bd', 'ok', NULL, 'notes/0d130c290e6ba1bd/956c4c670edb1d8e7859.json', 1795904319899, 1795904199899, 1795904200137, NULL, NULL);
INSERT INTO public.attempts VALUES (19, '7d3d4b59c80808cb', 'write', 'ef0b2339b572ee7a1f42', NULL, 'laptop:4711:fce6c0bd', 'ok', NULL, 'notes/7d3d4b59c80808cb/ef0b2339b572ee7a1f42.json', 1795904319911, 1795904199911, 1795904200178, NULL, NULL);
INSERT INTO public.attempts VALUES (17, '53619a68a3507d3a', 'write', 'ef0b2339b572ee7a1f42', NULL, 'laptop:4711:fce6c0bd', 'ok', NULL, 'notes/53619a68a3507d3a/ef0b2339b572ee7a1f42.json', 1795904319903, 1795904199903, 1795904200813, NULL, NULL);
INSERT INTO public.attempts VALUES (20, '41d37cf4e8fab349', 'write', '956c4c670edb1d8e7859', NULL, 'laptop:4711:fce6c0bd', 'ok', NULL, 'notes/41d37cf4e8fab349/956c4c670edb1d8e7859.json', 1795904319914, 1795904199914, 1795904200819, NULL, NULL);
INSERT INTO public.attempts VALUES (21, '6ae7d13256565a45', 'write', 'ef0b2339b572ee7a1f42', NULL, 'laptop:4711:fce6c0bd', 'ok', NULL, 'notes/6ae7d13256565a45/ef0b2339b572ee7a1f42.json', 1795904319915, 1795904199915, 1795904201095, NULL, NULL);
INSERT INTO public.attempts VALUES (18, '703b1fa31a477b8d', 'write', 'ef0b2339b572ee7a1f42', NULL, 'laptop:4711:fce6c0bd', 'ok', NULL, 'notes/703b1fa31a477b8d/ef0b2339b572ee7a1f42.json', 1795904319907, 1795904199907, 1795904201133, NULL, NULL);
INSERT INTO public.attempts VALUES (36, 'me/2026-03-15', 'compose', '52aae6f1d60f1af1fbb6', 'night-2', 'laptop:4711:1f060a42', 'stale', NULL, 'days/me/2026-03-15.md', 1795904326670, 1795904206670, 1795904206704, NULL, NULL);
INSERT INTO public.attempts VALUES (23, 'anna/2026-03-14', 'compose', 'c5b349af1b8d0e08dce6', NULL, 'laptop:4711:98778e97', 'ok', NULL, 'days/anna/2026-03-14.md', 1795904321297, 1795904201297, 1795904201430, NULL, NULL);
INSERT INTO public.attempts VALUES (24, 'anna/2026-03-15', 'compose', '9a00b62c5c36595e0df6', NULL, 'laptop:4711:98778e97', 'ok', NULL, 'days/anna/2026-03-15.md', 1795904321302, 1795904201302, 1795904201500, NULL, NULL);
INSERT INTO public.attempts VALUES (25, '74ff9832670ad759', 'ingest', '20510d00eb37114a6a62', NULL, 'laptop:4711:0b82d3de', 'ok', NULL, 'audio/74ff9832670ad759.ogg', 1795904321955, 1795904201955, 1795904202413, NULL, NULL);
INSERT INTO public.attempts VALUES (26, '77aa3e0750e74186', 'ingest', 'f8b3dc3e79886a5316a5', NULL, 'laptop:4711:0b82d3de', 'ok', NULL, 'audio/77aa3e0750e74186.ogg', 1795904321971, 1795904201971, 1795904202471, NULL, NULL);
INSERT INTO public.attempts VALUES (27, '3bcaf849604727b9', 'ingest', '49c017a6216f484787eb', NULL, 'laptop:4711:0b82d3de', 'ok', NULL, 'audio/3bcaf849604727b9.ogg', 1795904321986, 1795904201986, 1795904202526, NULL, NULL);
INSERT INTO public.attempts VALUES (28, '74ff9832670ad759', 'transcribe', 'c54f5bb5b89120eb5ef7', NULL, 'laptop:4711:a3973dc1', 'error', 'The speech model is being fetched. Try again.', NULL, 1795904322591, 1795904202591, 1795904202970, NULL, NULL);
INSERT INTO public.attempts VALUES (29, '3bcaf849604727b9', 'transcribe', 'c54f5bb5b89120eb5ef7', NULL, 'laptop:4711:a3973dc1', 'ok', NULL, 'transcripts/3bcaf849604727b9/c54f5bb5b89120eb5ef7.json', 1795904322595, 1795904202595, 1795904203006, NULL, NULL);
INSERT INTO public.attempts VALUES (30, '3bcaf849604727b9', 'write', 'ef0b2339b572ee7a1f42', NULL, 'laptop:4711:36d80d72', 'ok', NULL, 'notes/3bcaf849604727b9/ef0b2339b572ee7a1f42.json', 1795904323094, 1795904203094, 1795904203287, NULL, NULL);
INSERT INTO public.attempts VALUES (32, '74ff9832670ad759', 'transcribe', 'c54f5bb5b89120eb5ef7', 'night-1', 'laptop:4711:dce6a603', 'ok', NULL, 'transcripts/74ff9832670ad759/c54f5bb5b89120eb5ef7.json', 1795904323727, 1795904203727, 1795904204137, NULL, NULL);
INSERT INTO public.attempts VALUES (33, '74ff9832670ad759', 'write', 'ef0b2339b572ee7a1f42', 'night-1', 'laptop:4711:22ec5a3d', 'interim', NULL, 'notes/74ff9832670ad759/72ab9098fa17992c9cbb.json', 1795904324273, 1795904204273, 1795904204492, NULL, NULL);
INSERT INTO public.attempts VALUES (31, 'me/2026-03-15', 'compose', 'c18c04513f13b9fec5b3', NULL, 'laptop:4711:7e75c9e6', 'stale', NULL, 'days/me/2026-03-15.md', 1795904323365, 1795904203365, 1795904203390, NULL, NULL);
INSERT INTO public.attempts VALUES (35, '74ff9832670ad759', 'write', 'ef0b2339b572ee7a1f42', 'night-2', 'laptop:4711:2a698d35', 'ok', NULL, 'notes/74ff9832670ad759/ef0b2339b572ee7a1f42.json', 1795904325310, 1795904205310, 1795904206560, NULL, NULL);
INSERT INTO public.attempts VALUES (34, 'me/2026-03-15', 'compose', '530e03efb8c5b61478af', 'night-1', 'laptop:4711:357ac9fa', 'stale', NULL, 'days/me/2026-03-15.md', 1795904324664, 1795904204664, 1795904204691, NULL, NULL);
INSERT INTO public.attempts VALUES (39, '7d3d4b59c80808cb', 'write', 'f55334456b29ca7f4119', NULL, 'laptop:4711:b7d21a55', 'ok', NULL, 'notes/7d3d4b59c80808cb/f55334456b29ca7f4119.json', 1795904327076, 1795904207076, 1795904207708, NULL, NULL);
INSERT INTO public.attempts VALUES (41, '74ff9832670ad759', 'write', 'f55334456b29ca7f4119', NULL, 'laptop:4711:b7d21a55', 'ok', NULL, 'notes/74ff9832670ad759/f55334456b29ca7f4119.json', 1795904327086, 1795904207086, 1795904207860, NULL, NULL);
INSERT INTO public.attempts VALUES (42, '3bcaf849604727b9', 'write', 'f55334456b29ca7f4119', NULL, 'laptop:4711:b7d21a55', 'ok', NULL, 'notes/3bcaf849604727b9/f55334456b29ca7f4119.json', 1795904327095, 1795904207095, 1795904207873, NULL, NULL);
INSERT INTO public.attempts VALUES (37, '53619a68a3507d3a', 'write', 'f55334456b29ca7f4119', NULL, 'laptop:4711:b7d21a55', 'ok', NULL, 'notes/53619a68a3507d3a/f55334456b29ca7f4119.json', 1795904327061, 1795904207061, 1795904207875, NULL, NULL);
INSERT INTO public.attempts VALUES (38, '703b1fa31a477b8d', 'write', 'f55334456b29ca7f4119', NULL, 'laptop:4711:b7d21a55', 'ok', NULL, 'notes/703b1fa31a477b8d/f55334456b29ca7f4119.json', 1795904327075, 1795904207075, 1795904208130, NULL, NULL);
INSERT INTO public.attempts VALUES (40, '6ae7d13256565a45', 'write', 'f55334456b29ca7f4119', NULL, 'laptop:4711:b7d21a55', 'ok', NULL, 'notes/6ae7d13256565a45/f55334456b29ca7f4119.json', 1795904327077, 1795904207077, 1795904208196, NULL, NULL);
INSERT INTO public.attempts VALUES (22, 'me/2026-03-14', 'compose', '53594578d52b04f8e934', NULL, 'laptop:4711:98778e97', 'stale', NULL, 'days/me/2026-03-14.md', 1795904321296, 1795904201296, 1795904201347, NULL, NULL);
INSERT INTO public.attempts VALUES (43, 'me/2026-03-14', 'compose', 'c53e83cd5fe9dcd3acc8', NULL, 'laptop:4711:80a73286', 'ok', NULL, 'days/me/2026-03-14.md', 1795904328368, 1795904208368, 1795904208424, NULL, NULL);
INSERT INTO public.attempts VALUES (44, 'me/2026-03-15', 'compose', '2bb7dc316a3ea2eed299', NULL, 'laptop:4711:80a73286', 'ok', NULL, 'days/me/2026-03-15.md', 1795904328376, 1795904208376, 1795904208554, NULL, NULL);
INSERT INTO public.attempts VALUES (45, 'd0a345dff3433bae', 'ingest', '1b3ac994545c8fe52e17', NULL, 'laptop:4711:eb7441c6', 'ok', NULL, 'audio/d0a345dff3433bae.wav', 1795904328970, 1795904208970, 1795904209298, NULL, NULL);
INSERT INTO public.attempts VALUES (46, 'c0de9603c38b94f6', 'ingest', '04e4c01163b03c8b6cb7', NULL, 'laptop:4711:eb7441c6', 'ok', NULL, 'audio/c0de9603c38b94f6.ogg', 1795904328981, 1795904208981, 1795904209324, NULL, NULL);
INSERT INTO public.attempts VALUES (47, 'd0a345dff3433bae', 'transcribe', 'c54f5bb5b89120eb5ef7', NULL, 'laptop:4711:c34a8283', 'ok', NULL, 'transcripts/d0a345dff3433bae/c54f5bb5b89120eb5ef7.json', 1795904329366, 1795904209366, 1795904209631, NULL, NULL);
INSERT INTO public.attempts VALUES (48, 'c0de9603c38b94f6', 'transcribe', 'd89707fe313fc1dec6ac', NULL, 'laptop:4711:c34a8283', 'ok', NULL, 'transcripts/c0de9603c38b94f6/d89707fe313fc1dec6ac.json', 1795904329368, 1795904209368, 1795904209670, NULL, NULL);
INSERT INTO public.attempts VALUES (49, 'd0a345dff3433bae', 'write', 'f55334456b29ca7f4119', NULL, 'laptop:4711:47f1a9a8', 'ok', NULL, 'notes/d0a345dff3433bae/f55334456b29ca7f4119.json', 1795904329750, 1795904209750, 1795904209793, NULL, NULL);
INSERT INTO public.attempts VALUES (50, 'c0de9603c38b94f6', 'write', '956c4c670edb1d8e7859', NULL, 'laptop:4711:47f1a9a8', 'interim', 'Its note waits for a provider (openai/gpt-5-mini-2025-08-07: server). The nightly run asks again, 3 more times at most; `diary process --retry` asks at once. Meanwhile its page has the speaker''s own words, or the note before.', 'notes/c0de9603c38b94f6/b4a3569032b52ab2306a.json', 1795904329751, 1795904209751, 1795904210305, NULL, NULL);
INSERT INTO public.attempts VALUES (51, 'me/2026-03-16', 'compose', 'c1af57a22b0433b9f436', NULL, 'laptop:4711:9549b59f', 'ok', NULL, 'days/me/2026-03-16.md', 1795904330405, 1795904210405, 1795904210430, NULL, NULL);
INSERT INTO public.attempts VALUES (52, 'anna/2026-03-16', 'compose', '9e37a93720fafa6aa5d9', NULL, 'laptop:4711:9549b59f', 'ok', NULL, 'days/anna/2026-03-16.md', 1795904330414, 1795904210414, 1795904210502, NULL, NULL);

INSERT INTO public.diary_version VALUES ('0004');

INSERT INTO public.llm_batches VALUES (1, '7c694b74aabc', 'openai/gpt-5-mini-2025-08-07', 'batch-0', '["file-in-0"]', 'done', 1, 'night-1', 1795932000000, 1795904204376, 1795904205182);

INSERT INTO public.llm_calls VALUES (1, 'a33d1060754c8945', '0d130c290e6ba1bd', 'note', 'anna', '2026-03-15', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '5815fd107e2b90dd0cb2c620a305ee89b7f25b5960b9addb405da52447efc18b', 'skipped', 'local_only', NULL, NULL, NULL, 'none', 0, 0, NULL, NULL, NULL, NULL, 1795904200061, 1795904200061, '1', NULL, NULL);
INSERT INTO public.llm_calls VALUES (2, '7bb19a03a8fbcbc8', '7d3d4b59c80808cb', 'note', 'me', '2026-03-14', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'skipped', 'local_only', NULL, NULL, NULL, 'none', 0, 0, NULL, NULL, NULL, NULL, 1795904200134, 1795904200134, '1', NULL, NULL);
INSERT INTO public.llm_calls VALUES (3, 'f91d2e4bd41ff871', '6ae7d13256565a45', 'note', 'me', '2026-03-14', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'rejected', 'no statement stands,cover,name', 766, 24, 0, 'reported', 2134500, 239500, '2026-11-28', 20, NULL, NULL, 1795904200232, 1795904200349, '1', 0, NULL);
INSERT INTO public.llm_calls VALUES (5, 'e8df83741ca74d6f', '53619a68a3507d3a', 'note', 'me', '2026-03-14', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'ok', NULL, 777, 129, 0, 'reported', 2141000, 452250, '2026-11-28', 64, NULL, NULL, 1795904200299, 1795904200719, '1', 1, 0);
INSERT INTO public.llm_calls VALUES (4, '31cbbfe080d50133', '703b1fa31a477b8d', 'note', 'me', '2026-03-14', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'rejected', 'cover,number,modality', 781, 124, 0, 'reported', 2143000, 443250, '2026-11-28', 56, NULL, NULL, 1795904200288, 1795904200735, '1', 0.6, 0.25);
INSERT INTO public.llm_calls VALUES (6, '1a808a5a2d939305', '41d37cf4e8fab349', 'note', 'anna', '2026-03-14', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '5815fd107e2b90dd0cb2c620a305ee89b7f25b5960b9addb405da52447efc18b', 'ok', NULL, 730, 123, 0, 'reported', 2114750, 428500, '2026-11-28', 180, NULL, NULL, 1795904200322, 1795904200739, '1', 1, 0);
INSERT INTO public.llm_calls VALUES (7, 'f91d2e4bd41ff871', '6ae7d13256565a45', 'note', 'me', '2026-03-14', NULL, 'repair', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'rejected', 'no statement stands,cover,name', 838, 24, 0, 'reported', 2165250, 257500, '2026-11-28', 29, NULL, NULL, 1795904200819, 1795904200944, '1', 0, NULL);
INSERT INTO public.llm_calls VALUES (8, '31cbbfe080d50133', '703b1fa31a477b8d', 'note', 'me', '2026-03-14', NULL, 'repair', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'rejected', 'cover,number,modality', 971, 124, 0, 'reported', 2232750, 490750, '2026-11-28', 50, NULL, NULL, 1795904200831, 1795904201086, '1', 0.6, 0.25);
INSERT INTO public.llm_calls VALUES (9, '19a70a4c7616a154', '3bcaf849604727b9', 'note', 'me', '2026-03-15', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'ok', NULL, 756, 29, 0, 'reported', 2129000, 247000, '2026-11-28', 13, NULL, NULL, 1795904203179, 1795904203240, '1', 1, 0);
INSERT INTO public.llm_calls VALUES (10, '0c41f98aa65a86bc', '74ff9832670ad759', 'note', 'me', '2026-03-15', 'night-1', 'batch', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'answered', NULL, 767, 92, 0, 'reported', 1067625, 187875, '2026-11-28', NULL, 1, '7c694b74aabc-c5ddc8f160abc7fddbfe08f672dc886684593f69', 1795904204400, 1795904205130, '1', NULL, NULL);
INSERT INTO public.llm_calls VALUES (11, '4194c9292a35e250', '74ff9832670ad759', 'note', 'me', '2026-03-15', 'night-2', 'cache', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'ok', NULL, NULL, NULL, NULL, 'none', 0, 0, NULL, NULL, NULL, NULL, 1795904206484, 1795904206484, '1', 1, 0);
INSERT INTO public.llm_calls VALUES (12, '7a7e7411f6dee0d5', '7d3d4b59c80808cb', 'note', 'me', '2026-03-14', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'skipped', 'local_only', NULL, NULL, NULL, 'none', 0, 0, NULL, NULL, NULL, NULL, 1795904207599, 1795904207599, '1', NULL, NULL);
INSERT INTO public.llm_calls VALUES (15, '257715524e3a014c', '74ff9832670ad759', 'note', 'me', '2026-03-15', NULL, 'cache', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'ok', NULL, NULL, NULL, NULL, 'none', 0, 0, NULL, NULL, NULL, NULL, 1795904207780, 1795904207780, '1', 1, 0);
INSERT INTO public.llm_calls VALUES (16, '37f606c0951e5201', '53619a68a3507d3a', 'note', 'me', '2026-03-14', NULL, 'cache', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'ok', NULL, NULL, NULL, NULL, 'none', 0, 0, NULL, NULL, NULL, NULL, 1795904207782, 1795904207782, '1', 1, 0);
INSERT INTO public.llm_calls VALUES (17, '97ee7614abc1115c', '3bcaf849604727b9', 'note', 'me', '2026-03-15', NULL, 'cache', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'ok', NULL, NULL, NULL, NULL, 'none', 0, 0, NULL, NULL, NULL, NULL, 1795904207810, 1795904207810, '1', 1, 0);
INSERT INTO public.llm_calls VALUES (13, 'cb14c8fdbbbc10ba', '703b1fa31a477b8d', 'note', 'me', '2026-03-14', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'rejected', 'cover,number,modality', 781, 124, 0, 'reported', 2143000, 443250, '2026-11-28', 11, NULL, NULL, 1795904207654, 1795904207856, '1', 0.6, 0.25);
INSERT INTO public.llm_calls VALUES (14, '6aa69b63021b9754', '6ae7d13256565a45', 'note', 'me', '2026-03-14', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'rejected', 'no statement stands,cover,name', 766, 24, 0, 'reported', 2134500, 239500, '2026-11-28', 23, NULL, NULL, 1795904207756, 1795904207878, '1', 0, NULL);
INSERT INTO public.llm_calls VALUES (18, 'cb14c8fdbbbc10ba', '703b1fa31a477b8d', 'note', 'me', '2026-03-14', NULL, 'repair', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'rejected', 'cover,number,modality', 971, 124, 0, 'reported', 2232750, 490750, '2026-11-28', 25, NULL, NULL, 1795904207876, 1795904208090, '1', 0.6, 0.25);
INSERT INTO public.llm_calls VALUES (19, '6aa69b63021b9754', '6ae7d13256565a45', 'note', 'me', '2026-03-14', NULL, 'repair', 'openai/gpt-5-mini-2025-08-07', '7a3e7eb4c4735ed133eca5b9fbf6e5c118ca8bd0e9bde9a838d62215c16e05ad', 'rejected', 'no statement stands,cover,name', 838, 24, 0, 'reported', 2165250, 257500, '2026-11-28', 44, NULL, NULL, 1795904207960, 1795904208138, '1', 0, NULL);
INSERT INTO public.llm_calls VALUES (20, '9d98d355248d2692', 'c0de9603c38b94f6', 'note', 'anna', '2026-03-16', NULL, 'live', 'openai/gpt-5-mini-2025-08-07', '5815fd107e2b90dd0cb2c620a305ee89b7f25b5960b9addb405da52447efc18b', 'server', '500 server_error', NULL, NULL, NULL, 'none', 2111750, 0, '2026-11-28', 13, NULL, NULL, 1795904209836, 1795904209864, '1', NULL, NULL);
INSERT INTO public.llm_calls VALUES (21, '9d98d355248d2692', 'c0de9603c38b94f6', 'note', 'anna', '2026-03-16', NULL, 'retry', 'openai/gpt-5-mini-2025-08-07', '5815fd107e2b90dd0cb2c620a305ee89b7f25b5960b9addb405da52447efc18b', 'server', '500 server_error', NULL, NULL, NULL, 'none', 2111750, 0, '2026-11-28', 7, NULL, NULL, 1795904210221, 1795904210251, '1', NULL, NULL);

INSERT INTO public.llm_spending VALUES ('run', 'night-1', 187875);
INSERT INTO public.llm_spending VALUES ('author', '2026-11/me', 3749125);
INSERT INTO public.llm_spending VALUES ('author', '2026-11/anna', 428500);
INSERT INTO public.llm_spending VALUES ('day', '2026-11-28', 4177625);
INSERT INTO public.llm_spending VALUES ('month', '2026-11', 4177625);
INSERT INTO public.llm_spending VALUES ('run', 'none/2026-11-28', 3989750);

INSERT INTO public.recordings VALUES ('1adb417e4fe64337', 'me', '2026-03-15 10.00.m4a', '2026-03-15 10.00.m4a', 1, '2026-03-15 10:00:00+00', 0, 'file name', '2026-03-15', NULL, NULL, 'standard', 0, 'f1a281ae0172f81d13d856198a35b55e339a232a7b47b98780ee036250c7069d', 240, NULL, NULL, NULL, NULL, '''2026-03-15 10.00.m4a'' is not audio that can be read: damaged, cut off, or another kind of file. Restore it from where it came.', NULL, '240:1774000300000000000:1795904197375088607', '2026-11-28 22:16:37.937768+00');
INSERT INTO public.recordings VALUES ('1e31a469d601d16a', 'me', '2026-03-15 17.30.ogg', '2026-03-15 17.30.ogg', 1, '2026-03-15 17:30:00+00', 0, 'file name', '2026-03-15', NULL, NULL, 'standard', 0, '533a81af61a66811cd2410e9fd8b893f96a05295fc31f78f12b41952f7f650a1', 1750, 1.006, 'opus', 'audio/1e31a469d601d16a.ogg', NULL, NULL, NULL, '1750:1774000360000000000:1795904197375305419', '2026-11-28 22:16:37.954223+00');
INSERT INTO public.recordings VALUES ('0d130c290e6ba1bd', 'anna', 'voice-0007.ogg', 'anna/voice-0007.ogg', 1, '2026-03-15 12:05:00+00', -14400, 'sidecar', '2026-03-15', 'en', 'en', 'local_only', 3, '59bd3f1689931e125a56ece1feef2e89455828a0f01e063c282fbf3aa21061b0', 1690, 1.006, 'opus', 'audio/0d130c290e6ba1bd.ogg', NULL, NULL, NULL, '1690:1774000720000000000:1795904197375803689|cc313383ca4f2cc3', '2026-11-28 22:16:38.242291+00');
INSERT INTO public.recordings VALUES ('53619a68a3507d3a', 'me', '2026-03-14 08.12.ogg', '2026-03-14 08.12.ogg', 1, '2026-03-14 08:12:00+00', 0, 'file name', '2026-03-14', NULL, 'en', 'standard', 0, 'fce8e2173b342881c4153927393d078b4c541ff674a4326620b3437aa2e26375', 1699, 1.006, 'opus', 'audio/53619a68a3507d3a.ogg', NULL, NULL, NULL, '1699:1774000000000000000:1795904197374698407', '2026-11-28 22:16:37.904178+00');
INSERT INTO public.recordings VALUES ('703b1fa31a477b8d', 'me', '2026-03-14 12.30.wav', '2026-03-14 12.30.wav', 1, '2026-03-14 12:30:00+00', 0, 'file name', '2026-03-14', NULL, 'en', 'standard', 0, '9a1ff659d5f985eec7c23317ee75f4f30244c0d8058ef73d6633dd873e7bdbc1', 3278, 0.2, 'pcm_s16le', 'audio/703b1fa31a477b8d.wav', NULL, NULL, NULL, '3278:1774000060000000000:1795904197374838245', '2026-11-28 22:16:37.914682+00');
INSERT INTO public.recordings VALUES ('7d3d4b59c80808cb', 'me', '2026-03-14 21.05.ogg', 'private/2026-03-14 21.05.ogg', 1, '2026-03-14 21:05:00+00', 0, 'file name', '2026-03-14', NULL, 'en', 'local_only', 0, '0b47011e9d460bdaf9c473454c561ab540172832ed63374618f8909338393ade', 1621, 1.006, 'opus', 'audio/7d3d4b59c80808cb.ogg', NULL, NULL, NULL, '1621:1774000780000000000:1795904197375990346', '2026-11-28 22:16:38.254254+00');
INSERT INTO public.recordings VALUES ('41d37cf4e8fab349', 'anna', 'evening.m4a', 'anna/evening.m4a', 1, '2026-03-14 23:20:00+00', -14400, 'container', '2026-03-14', NULL, 'en', 'standard', 0, '8dcbee9eaefc72b2460668934e3df3c2683e972b92da20b875778741c96f49df', 2757, 1, 'aac', 'audio/41d37cf4e8fab349.m4a', NULL, NULL, NULL, '2757:1774000600000000000:1795904197375530974', '2026-11-28 22:16:38.230363+00');
INSERT INTO public.recordings VALUES ('6ae7d13256565a45', 'me', '2026-03-15 01.38.ogg', '2026-03-15 01.38.ogg', 1, '2026-03-15 01:38:00+00', 0, 'file name', '2026-03-14', NULL, 'en', 'standard', 0, '6b7483ac8b7a67bfaf06b00fa827d5b34134e5a4ed6a7bcc3eb20969ad182bdc', 1776, 1.006, 'opus', 'audio/6ae7d13256565a45.ogg', NULL, NULL, NULL, '1776:1774000120000000000:1795904197374962279', '2026-11-28 22:16:37.923907+00');
INSERT INTO public.recordings VALUES ('77aa3e0750e74186', 'me', '2026-03-15 09.44.ogg', '2026-03-15 09.44.ogg', 1, '2026-03-15 09:44:00+00', 0, 'file name', '2026-03-15', NULL, NULL, 'standard', 0, 'bbcd63bf62fcd9dcc0f73d091b1712ccfdc3cc6d8e7432d63a273edbfc438f83', 1617, 1.006, 'opus', NULL, '74ff9832670ad759', NULL, NULL, '1617:1774000240000000000:1795904201632362585', '2026-11-28 22:16:41.838237+00');
INSERT INTO public.recordings VALUES ('3bcaf849604727b9', 'me', '2026-03-15 17.30.ogg', '2026-03-15 17.30.ogg', 2, '2026-03-15 17:30:00+00', 0, 'file name', '2026-03-15', NULL, 'en', 'standard', 0, '333f2430aeabcb110d11f3f9253e81e98ca434df150b8cbc68329d353102fa03', 1609, 1.006, 'opus', 'audio/3bcaf849604727b9.ogg', NULL, NULL, NULL, '1609:1774003600000000000:1795904201632484315', '2026-11-28 22:16:41.874283+00');
INSERT INTO public.recordings VALUES ('74ff9832670ad759', 'me', '2026-03-15 09.40.ogg', '2026-03-15 09.40.ogg', 1, '2026-03-15 09:40:00+00', 0, 'file name', '2026-03-15', NULL, 'en', 'standard', 0, 'bbcd63bf62fcd9dcc0f73d091b1712ccfdc3cc6d8e7432d63a273edbfc438f83', 1617, 1.006, 'opus', 'audio/74ff9832670ad759.ogg', NULL, NULL, NULL, '1617:1774000180000000000:1795904201632195346', '2026-11-28 22:16:41.816715+00');
INSERT INTO public.recordings VALUES ('d0a345dff3433bae', 'me', '2026-03-16 06.55.wav', '2026-03-16 06.55.wav', 1, '2026-03-16 06:55:00+00', 0, 'file name', '2026-03-16', NULL, NULL, 'standard', 0, '740bc9f2ab1be6b6386563848976ae645257e296d5505fd184deafdf695a0d9f', 3278, 0.2, 'pcm_s16le', 'audio/d0a345dff3433bae.wav', NULL, NULL, NULL, '3278:1774000420000000000:1795904208783450815', '2026-11-28 22:16:48.915428+00');
INSERT INTO public.recordings VALUES ('c0de9603c38b94f6', 'anna', '2026-03-16 07.10.ogg', 'anna/2026-03-16 07.10.ogg', 1, '2026-03-16 11:10:00+00', -14400, 'file name', '2026-03-16', NULL, 'en', 'standard', 0, '1a3c0d00c73f1ab0ae476875d41396f537acc7cdf2586cf8645dbdea42b811f8', 1762, 1.006, 'opus', 'audio/c0de9603c38b94f6.ogg', NULL, NULL, NULL, '1762:1774000540000000000:1795904208786088430', '2026-11-28 22:16:48.924323+00');
INSERT INTO public.recordings VALUES ('a472fcfa995988ed', 'me', '2026-03-16 18.00.ogg', '2026-03-16 18.00.ogg', 1, '2026-03-16 18:00:00+00', 0, 'file name', '2026-03-16', NULL, NULL, 'standard', 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '1748:1774000480000000000:1795904210612213183', '2026-11-28 22:16:50.779043+00');

SELECT pg_catalog.setval('public.attempts_id_seq', 52, true);

SELECT pg_catalog.setval('public.llm_batches_id_seq', 1, true);

SELECT pg_catalog.setval('public.llm_calls_id_seq', 21, true);

ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.diary_version
    ADD CONSTRAINT diary_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY public.llm_batches
    ADD CONSTRAINT llm_batches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.llm_batches
    ADD CONSTRAINT llm_batches_token_key UNIQUE (token);

ALTER TABLE ONLY public.llm_calls
    ADD CONSTRAINT llm_calls_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.llm_spending
    ADD CONSTRAINT llm_spending_pkey PRIMARY KEY (scope, name);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_pkey PRIMARY KEY (id);

CREATE UNIQUE INDEX attempts_live ON public.attempts USING btree (stage, subject) WHERE (outcome IS NULL);

CREATE INDEX attempts_subject ON public.attempts USING btree (subject, stage, fingerprint);

CREATE UNIQUE INDEX llm_calls_batch ON public.llm_calls USING btree (batch, item);

CREATE INDEX llm_calls_recording ON public.llm_calls USING btree (recording);

CREATE INDEX llm_calls_route ON public.llm_calls USING btree (route, outcome);

CREATE UNIQUE INDEX recordings_bytes ON public.recordings USING btree (author, sha256) WHERE ((audio IS NOT NULL) AND (duplicate_of IS NULL));

CREATE INDEX recordings_day ON public.recordings USING btree (day, author);

CREATE UNIQUE INDEX recordings_path ON public.recordings USING btree (path, version);

ALTER TABLE ONLY public.llm_calls
    ADD CONSTRAINT llm_calls_batch_fkey FOREIGN KEY (batch) REFERENCES public.llm_batches(id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_duplicate_of_fkey FOREIGN KEY (duplicate_of) REFERENCES public.recordings(id);
