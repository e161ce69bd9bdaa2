/* A service in the test's own process, on a connection of its own to the test's bus: it speaks
 * the contract, and tells of a world that the test makes and changes. */
#pragma once

#include <gio/gio.h>

typedef struct
{
  guint64 id;
  guint stream;
  guint component;
  gboolean remote;
  const char *type;
  const char *address;
  const char *related;
  const char *server;
  guint priority;
  gint64 found;
} MockCandidate;

typedef struct
{
  guint64 id;
  const char *local;
  const char *local_type;
  const char *remote;
  const char *remote_type;
  const char *state;
  const char *explanation;
  gboolean readable;
  gboolean writable;
  gboolean nominated;
  gboolean selected;
  guint64 priority;
  gint64 rtt;
  guint requests;
  guint64 bytes;
} MockPair;

typedef struct
{
  gint64 when;
  const char *what;
  guint component;
  const char *state;
  const char *cause;
  const char *explanation;
} MockChange;

typedef struct
{
  guint64 id;
  char *path;
  const char *app_id;
  const char *app_name;
  const char *icon;
  const char *label;
  const char *state;
  const char *cause;
  const char *explanation;
  const char *why_text;
  const char *local_type;
  const char *remote_type;
  const char *protocol;
  const char *relay;
  gint64 rtt;
  guint64 bytes_sent;
  guint64 bytes_received;
  GArray *candidates; /* of MockCandidate */
  GArray *pairs;      /* of MockPair */
  GArray *changes;    /* of MockChange */
} MockSession;

typedef struct _MockService MockService;

/* Takes the name of the service, unless the environment's bus has one already.
 *
 * Return: (transfer full): it answers from now on. */
MockService *mock_service_new (void);
void mock_service_free (MockService *self);

/* Gives the name away, as a service that ends; and takes it again. */
void mock_service_stop (MockService *self);
void mock_service_start (MockService *self);

/* --- Sessions --- */

/* Return: (transfer none): without candidates and pairs; the test fills it in. */
MockSession *mock_service_add_session (MockService *self, const char *app_name,
                                       const char *label, const char *state);
void mock_service_remove_session (MockService *self, MockSession *session);
MockPair *mock_session_pair (MockSession *session, guint index);

/* The tables would give something new: tells those who subscribe. */
void mock_service_changed (MockService *self);

/* Writes to those who read the events of `session`: an object of JSON. */
void mock_service_tell_event (MockService *self, guint64 session, const char *json);

/* How many descriptors of events are open. */
guint mock_service_get_n_readers (MockService *self);

/* Calls of a method so far. */
guint mock_service_count (MockService *self, const char *method);

/* --- What else it tells --- */

/* Each is the answer of the method, in GVariant's text format. */
void mock_service_set_network (MockService *self, const char *text);
void mock_service_set_allocations (MockService *self, const char *text);
void mock_service_set_history (MockService *self, const char *text);
void mock_service_set_servers (MockService *self, const char *text);
void mock_service_set_settings (MockService *self, const char *text);
void mock_service_set_test_result (MockService *self, const char *text);

/* What is the matter with the settings; a text that lives on, or NULL. */
void mock_service_set_problem (MockService *self, const char *problem);

/* The signal of Settings: another list of servers, or other values. */
void mock_service_servers_changed (MockService *self);
void mock_service_settings_changed (MockService *self);

/* The next call of the method fails with that error of the contract, as "Locked". */
void mock_service_fail (MockService *self, const char *method, const char *error);

/* The same for every call from now on. */
void mock_service_fail_always (MockService *self, const char *method, const char *error);

/* The arguments of the last call of a method as text, or NULL. */
const char *mock_service_last (MockService *self, const char *method);

/* The secret that came with the last SetSecret or TestServer, or NULL. */
const char *mock_service_last_secret (MockService *self);
