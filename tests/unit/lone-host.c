#include "lone-host.h"

#include <string.h>

#include "broker/broker-private.h"
#include "stun/builder.h"

typedef struct
{
  FramTime at;
  FramBaseId base;
  FramAddress from;
  guint8 data[FRAM_STUN_MAX_SENT];
  gsize length;
} Answer;

static void
fact_free (gpointer data)
{
  fram_fact_free (data);
}

LoneHost *
lone_host_new (const char *addresses)
{
  FramBrokerConfig config = { .policy.linger = FRAM_LINGER_DEFAULT };
  LoneHost *host = g_new0 (LoneHost, 1);

  seeded_random_init (&host->random, 7);
  host->broker = fram_broker_new (&config, &host->random.random);
  host->now = FRAM_SECONDS (1000);
  host->sockets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  host->next_port = 20000;
  host->shift = 1000;
  host->outside = "203.0.113.9";
  g_queue_init (&host->answers);
  host->lines = g_ptr_array_new_with_free_func (g_free);
  host->facts = g_ptr_array_new_with_free_func (fact_free);
  host->done = g_array_new (FALSE, FALSE, sizeof (FramEvent));
  lone_host_told (host, addresses);
  return host;
}

void
lone_host_free (LoneHost *host)
{
  fram_broker_free (host->broker);
  for (guint i = 0; i < host->n_servers; i++)
    g_free (host->servers[i].uri);
  g_hash_table_unref (host->sockets);
  g_queue_clear_full (&host->answers, g_free);
  g_ptr_array_unref (host->lines);
  g_ptr_array_unref (host->facts);
  g_array_unref (host->done);
  g_free (host);
}

void
lone_host_told (LoneHost *host, const char *addresses)
{
  g_auto (GStrv) words = g_strsplit (addresses, ",", -1);
  guint n = g_strv_length (words);
  g_autofree FramInterfaceAddress *told = g_new0 (FramInterfaceAddress, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const char *colon = strchr (words[i], '=');

      /* "name=address", or the address alone */
      g_snprintf (told[i].name, sizeof told[i].name, "if%u", i);
      if (colon != NULL)
        g_snprintf (told[i].name, sizeof told[i].name, "%.*s", (int) (colon - words[i]),
                    words[i]);
      g_assert_true (fram_address_parse_ip (&told[i].address,
                                            colon != NULL ? colon + 1 : words[i], 0));
    }
  fram_broker_told_interfaces (host->broker, told, n, host->now);
  lone_host_settle (host);
}

LoneServer *
lone_host_add_server (LoneHost *host, const char *ip, FramTime rtt)
{
  LoneServer *server = &host->servers[host->n_servers++];

  g_assert_true (fram_address_parse_ip (&server->address, ip, 3478));
  server->uri = g_strdup_printf (strchr (ip, ':') != NULL ? "stun:[%s]" : "stun:%s", ip);
  server->rtt = rtt;
  return server;
}

FramSessionId
lone_host_open (LoneHost *host, gboolean trickle)
{
  FramSessionOptions options
      = { .owner = "a", .trickle = trickle, .policy = host->policy };
  g_autoptr (GError) error = NULL;
  FramSessionId session;

  for (guint i = 0; i < host->n_servers; i++)
    options.servers[options.n_servers++].uri = host->servers[i].uri;
  session = fram_broker_create_session (host->broker, &options, host->now, &error);
  g_assert_no_error (error);
  lone_host_settle (host);
  return session;
}

void
lone_host_close (LoneHost *host, FramSessionId session)
{
  fram_broker_close_session (host->broker, session, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             host->now);
  lone_host_settle (host);
}

/* --- The world --------------------------------------------------------------------- */

static gboolean
is_ip (const FramAddress *address, const char *text)
{
  FramAddress other;

  return text != NULL && fram_address_parse_ip (&other, text, 0)
         && fram_address_equal_ip (address, &other);
}

static gboolean
answer (LoneHost *host, const FramEvent *event, guint index)
{
  const LoneServer *server = &host->servers[index];
  const FramAddress *local
      = g_hash_table_lookup (host->sockets, GUINT_TO_POINTER (event->base));
  FramAddress mapped = *local;
  FramStunBuilder builder;
  FramStunMessage request;
  Answer *sent;

  if (server->dead || is_ip (local, host->deaf))
    return FALSE;
  if (host->outside != NULL && local->family == FRAM_FAMILY_IPV4)
    fram_address_parse_ip (
        &mapped, host->outside,
        (guint16) (local->port + host->shift + (host->symmetric ? 100 * index : 0)));
  g_assert_cmpint (fram_stun_message_parse (&request, event->data, event->length), ==,
                   FRAM_STUN_PARSE_OK);
  sent = g_new0 (Answer, 1);
  fram_stun_builder_init_response (&builder, sent->data, sizeof sent->data,
                                   FRAM_STUN_SUCCESS, &request);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &mapped);
  fram_stun_builder_add_fingerprint (&builder);
  sent->length = fram_stun_builder_end (&builder);
  sent->at = host->now + server->rtt;
  sent->base = event->base;
  sent->from = event->remote;
  g_queue_push_tail (&host->answers, sent);
  return TRUE;
}

static void
transmit (LoneHost *host, const FramEvent *event)
{
  for (guint i = 0; i < host->n_servers; i++)
    if (fram_address_equal (&host->servers[i].address, &event->remote))
      {
        host->servers[i].n_questions++;
        host->last_question = host->now;
        answer (host, event, i);
      }
}

static void
open_base (LoneHost *host, const FramEvent *event)
{
  FramAddress bound = event->bind;

  if (is_ip (&bound, host->refuses)
      || (bound.port != 0 && bound.port >= host->busy_from
          && bound.port <= host->busy_to))
    {
      host->n_refused++;
      fram_broker_told_base_failed (host->broker, event->base, host->now);
      return;
    }
  if (bound.port == 0)
    bound.port = host->next_port++;
  g_hash_table_insert (host->sockets, GUINT_TO_POINTER (event->base),
                       g_memdup2 (&bound, sizeof bound));
  fram_broker_told_base_opened (host->broker, event->base, &bound, host->now);
}

static void
carry_out (LoneHost *host, FramEvent *event)
{
  if (event->type == FRAM_EVENT_OPEN_BASE)
    open_base (host, event);
  else if (event->type == FRAM_EVENT_CLOSE_BASE)
    g_hash_table_remove (host->sockets, GUINT_TO_POINTER (event->base));
  else if (event->type == FRAM_EVENT_TRANSMIT)
    transmit (host, event);
  else if (event->type == FRAM_EVENT_LOCAL_CANDIDATE)
    {
      g_ptr_array_add (host->lines,
                       g_strdup_printf ("%u %s", event->session, event->text));
      host->n_late += lone_host_gathered (host, event->session) >= 0;
    }
  else if (event->type == FRAM_EVENT_GATHERING_DONE)
    g_array_append_vals (host->done, event, 1);
  else if (event->type == FRAM_EVENT_REMEMBER
           && (event->fact->kind > FRAM_FACT_SERVER_SILENT
               || event->fact->server.transport == FRAM_KNOWN_UDP))
    g_ptr_array_add (host->facts, fram_fact_copy (event->fact));
  else if (event->type == FRAM_EVENT_OPEN_STREAM)
    fram_broker_told_stream_failed (host->broker, event->base, FRAM_STREAM_UNREACHABLE,
                                    NULL, host->now);
  fram_event_clear (event);
}

void
lone_host_settle (LoneHost *host)
{
  FramEvent event;

  while (fram_broker_pop (host->broker, &event))
    carry_out (host, &event);
}

static Answer *
next_answer (LoneHost *host)
{
  Answer *next = NULL;

  for (GList *l = host->answers.head; l != NULL; l = l->next)
    if (next == NULL || ((Answer *) l->data)->at < next->at)
      next = l->data;
  return next;
}

void
lone_host_run (LoneHost *host, FramTime duration)
{
  FramTime until = host->now + duration;

  lone_host_settle (host);
  for (;;)
    {
      Answer *next = next_answer (host);
      FramTime at = next != NULL ? next->at : FRAM_TIME_NEVER;
      FramTime time = MIN (at, fram_broker_deadline (host->broker));

      if (time > until)
        break;
      host->now = MAX (host->now, time);
      if (next != NULL && at <= host->now)
        {
          g_queue_remove (&host->answers, next);
          fram_broker_receive (host->broker, next->base, &next->from, next->data,
                               next->length, host->now);
          g_free (next);
        }
      else
        fram_broker_advance (host->broker, host->now);
      lone_host_settle (host);
    }
  host->now = until;
}

/* --- Looking ----------------------------------------------------------------------- */

FramTime
lone_host_gathered (LoneHost *host, FramSessionId session)
{
  for (guint i = 0; i < host->done->len; i++)
    if (g_array_index (host->done, FramEvent, i).session == session)
      return g_array_index (host->done, FramEvent, i).duration;
  return -1;
}

guint
lone_host_count_lines (LoneHost *host, FramSessionId session, const char *part)
{
  g_autofree char *prefix = g_strdup_printf ("%u ", session);
  guint n = 0;

  for (guint i = 0; i < host->lines->len; i++)
    {
      const char *line = g_ptr_array_index (host->lines, i);

      n += g_str_has_prefix (line, prefix) && strstr (line, part) != NULL;
    }
  return n;
}

guint
lone_host_count_questions (LoneHost *host)
{
  guint n = 0;

  for (guint i = 0; i < host->n_servers; i++)
    n += host->servers[i].n_questions;
  return n;
}

guint
lone_host_count_facts (LoneHost *host, FramFactKind kind)
{
  guint n = 0;

  for (guint i = 0; i < host->facts->len; i++)
    n += ((FramFact *) g_ptr_array_index (host->facts, i))->kind == kind;
  return n;
}

static gboolean
same_way (const FramKnownDeaf *a, const FramKnownDeaf *b)
{
  return g_str_equal (a->interface, b->interface) && g_str_equal (a->uri, b->uri)
         && a->family == b->family;
}

static void
recall_way (GArray *deaf, const FramFact *fact)
{
  for (guint i = 0; i < deaf->len; i++)
    if (same_way (&g_array_index (deaf, FramKnownDeaf, i), &fact->deaf))
      g_array_remove_index (deaf, i--);
  if (fact->kind == FRAM_FACT_DEAF)
    g_array_append_val (deaf, fact->deaf);
}

void
lone_host_recall (LoneHost *host, FramKnownNetwork *ret_known)
{
  GArray *servers = g_array_new (FALSE, FALSE, sizeof (FramKnownServer));
  GArray *deaf = g_array_new (FALSE, FALSE, sizeof (FramKnownDeaf));
  GArray *nats = g_array_new (FALSE, FALSE, sizeof (FramKnownNat));
  GArray *lifetimes = g_array_new (FALSE, FALSE, sizeof (FramKnownLifetime));

  for (guint i = 0; i < host->facts->len; i++)
    {
      const FramFact *fact = g_ptr_array_index (host->facts, i);

      if (fact->kind == FRAM_FACT_SERVER_ANSWERED)
        g_array_append_val (servers, fact->server);
      else if (fact->kind == FRAM_FACT_NAT)
        g_array_append_val (nats, fact->nat);
      else if (fact->kind == FRAM_FACT_LIFETIME)
        g_array_append_val (lifetimes, fact->lifetime);
      else if (fact->kind != FRAM_FACT_SERVER_SILENT)
        recall_way (deaf, fact);
    }
  *ret_known = (FramKnownNetwork){ .name = "net",
                                   .n_servers = servers->len,
                                   .n_deaf = deaf->len,
                                   .n_nats = nats->len,
                                   .n_lifetimes = lifetimes->len };
  ret_known->servers = (FramKnownServer *) (gpointer) g_array_free (servers, FALSE);
  ret_known->deaf = (FramKnownDeaf *) (gpointer) g_array_free (deaf, FALSE);
  ret_known->nats = (FramKnownNat *) (gpointer) g_array_free (nats, FALSE);
  ret_known->lifetimes = (FramKnownLifetime *) (gpointer) g_array_free (lifetimes, FALSE);
}

void
lone_known_clear (FramKnownNetwork *known)
{
  g_free ((gpointer) known->servers);
  g_free ((gpointer) known->deaf);
  g_free ((gpointer) known->nats);
  g_free ((gpointer) known->lifetimes);
}

void
lone_host_learn_cone (LoneHost *host)
{
  const FramNatBehaviour cone = { .rtt = -1,
                                  .translated = FRAM_NAT_YES,
                                  .mapping = FRAM_NAT_ENDPOINT_INDEPENDENT };

  fram_broker_learn_nat (host->broker, "if0", FRAM_FAMILY_IPV4, &cone, host->now);
}
