#include "driver-couple.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A test that waits longer than this has failed. */
#define WAIT_SECONDS 20

FramDriver *
couple_new_driver (GMainContext *context)
{
  const FramBrokerConfig config = { .policy.linger = FRAM_SECONDS (1) };
  g_autoptr (GError) error = NULL;
  FramDriver *driver = fram_driver_new (&config, context, &error);

  g_assert_no_error (error);
  return driver;
}

static FramBroker *
get_broker (const End *end)
{
  return fram_driver_get_broker (end->driver);
}

static gboolean
is_told (const End *peer, const char *line)
{
  return !peer->tcp || strstr (line, " TCP ") != NULL;
}

static void
pass_candidate (const FramEvent *event, End *peer)
{
  g_autoptr (GError) error = NULL;

  if (peer->session == 0 || !is_told (peer, event->text))
    return;
  fram_broker_add_remote_candidate (get_broker (peer), peer->session, NULL, event->stream,
                                    event->text, fram_driver_now (), &error);
  g_assert_no_error (error);
  fram_driver_kick (peer->driver);
}

static void
pass_end (End *peer)
{
  g_autoptr (GError) error = NULL;

  if (peer->session == 0)
    return;
  fram_broker_end_remote_candidates (get_broker (peer), peer->session, NULL,
                                     fram_driver_now (), &error);
  g_assert_no_error (error);
  fram_driver_kick (peer->driver);
}

static void
note (End *end, End *peer, const FramEvent *event)
{
  g_assert_false (end->closed);
  switch (event->type)
    {
    case FRAM_EVENT_LOCAL_CANDIDATE:
      end->n_candidates++;
      pass_candidate (event, peer);
      break;
    case FRAM_EVENT_GATHERING_DONE:
      pass_end (peer);
      break;
    case FRAM_EVENT_STATE:
      end->state = event->state;
      break;
    case FRAM_EVENT_CLOSED:
      end->closed = TRUE;
      end->cause = event->cause;
      break;
    case FRAM_EVENT_COMPONENT_STATE:
    case FRAM_EVENT_SELECTED:
    case FRAM_EVENT_RESTART_ADVISED:
    case FRAM_EVENT_PAIRS_CHANGED:
    case FRAM_EVENT_NETWORK_CHECKED:
    case FRAM_EVENT_SERVER_TESTED:
    case FRAM_EVENT_TRACE:
    case FRAM_EVENT_RELAY_ADD:
    case FRAM_EVENT_RELAY_CHANNEL:
      break;
    case FRAM_EVENT_OPEN_BASE:
    case FRAM_EVENT_CLOSE_BASE:
    case FRAM_EVENT_TRANSMIT:
    case FRAM_EVENT_ROUTE_ADD:
    case FRAM_EVENT_ROUTE_REMOVE:
    case FRAM_EVENT_PATH:
    case FRAM_EVENT_OPEN_STREAM:
    case FRAM_EVENT_RESOLVE:
    case FRAM_EVENT_NAME_RESOLVE:
    case FRAM_EVENT_NAME_PUBLISH:
    case FRAM_EVENT_NAME_FORGET:
    case FRAM_EVENT_REMEMBER:
      /* Those are the driver's. */
      g_assert_not_reached ();
    }
}

/* One sink for both drivers, if they are two: an id alone may be the other's as well. */
static void
on_offerer_event (const FramEvent *event, gpointer user_data)
{
  Couple *couple = user_data;

  if (event->session == couple->ends[0].session)
    note (&couple->ends[0], &couple->ends[1], event);
  else if (couple->ends[1].driver == couple->ends[0].driver)
    note (&couple->ends[1], &couple->ends[0], event);
}

static void
on_answerer_event (const FramEvent *event, gpointer user_data)
{
  Couple *couple = user_data;

  note (&couple->ends[1], &couple->ends[0], event);
}

static void
create_session (End *end, const char *owner, FramPolicy policy,
                const FramDescription *remote)
{
  const FramSessionOptions options = {
    .owner = owner, .trickle = TRUE, .tcp = end->tcp, .policy = policy, .remote = remote
  };
  g_autoptr (GError) error = NULL;

  end->session = fram_broker_create_session (get_broker (end), &options,
                                             fram_driver_now (), &error);
  g_assert_no_error (error);
  end->fd = fram_driver_open_component (end->driver, end->session, 0, 1, &error);
  g_assert_no_error (error);
}

/* The candidates that were found before the peer's session was there. */
static void
pass_earlier (const End *from, const End *to)
{
  g_autoptr (GPtrArray) lines
      = fram_broker_list_local_lines (get_broker (from), from->session, 0);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < lines->len; i++)
    {
      if (!is_told (to, lines->pdata[i]))
        continue;
      fram_broker_add_remote_candidate (get_broker (to), to->session, NULL, 0,
                                        lines->pdata[i], fram_driver_now (), &error);
      g_assert_no_error (error);
    }
}

static void
init (Couple *couple, FramDriver *offerer, FramDriver *answerer, FramPolicy policy,
      gboolean tcp)
{
  FramLocalDescription offer, answer;
  End *one = &couple->ends[0], *two = &couple->ends[1];
  g_autoptr (GError) error = NULL;

  memset (couple, 0, sizeof *couple);
  one->driver = offerer;
  two->driver = answerer;
  one->tcp = two->tcp = tcp;
  fram_driver_set_sink (answerer, on_answerer_event, couple);
  fram_driver_set_sink (offerer, on_offerer_event, couple);

  create_session (one, "offerer", policy, NULL);
  fram_driver_kick (offerer);
  g_assert_true (
      fram_broker_get_local_description (get_broker (one), one->session, &offer));
  create_session (two, "answerer", policy, &offer.description);
  pass_earlier (one, two);
  if (offer.gathered)
    pass_end (two);
  g_assert_true (
      fram_broker_get_local_description (get_broker (two), two->session, &answer));
  fram_broker_set_remote_description (get_broker (one), one->session, &answer.description,
                                      fram_driver_now (), &error);
  g_assert_no_error (error);
  fram_driver_kick (answerer);
  fram_driver_kick (offerer);
}

void
couple_init (Couple *couple, FramDriver *offerer, FramDriver *answerer)
{
  init (couple, offerer, answerer, FRAM_POLICY_ALL, FALSE);
}

void
couple_init_by (Couple *couple, FramDriver *offerer, FramDriver *answerer,
                FramPolicy policy)
{
  init (couple, offerer, answerer, policy, FALSE);
}

void
couple_init_tcp (Couple *couple, FramDriver *offerer, FramDriver *answerer)
{
  init (couple, offerer, answerer, FRAM_POLICY_ALL, TRUE);
}

void
couple_clear (Couple *couple)
{
  for (guint i = 0; i < G_N_ELEMENTS (couple->ends); i++)
    {
      fram_driver_set_sink (couple->ends[i].driver, NULL, NULL);
      close (couple->ends[i].fd);
    }
}

static gboolean
on_limit (gpointer user_data)
{
  g_error ("Nothing happened for %d seconds", WAIT_SECONDS);
  return G_SOURCE_REMOVE;
}

static void
await (GMainContext *context, gboolean (*done) (gpointer data), gpointer data)
{
  GSource *limit = g_timeout_source_new_seconds (WAIT_SECONDS);

  g_source_set_callback (limit, on_limit, NULL, NULL);
  g_source_attach (limit, context);
  while (!done (data))
    g_main_context_iteration (context, TRUE);
  g_source_destroy (limit);
  g_source_unref (limit);
}

static gboolean
are_connected (gpointer data)
{
  Couple *couple = data;

  for (guint i = 0; i < G_N_ELEMENTS (couple->ends); i++)
    {
      FramState state = couple->ends[i].state;

      g_assert_cmpint (state, !=, FRAM_STATE_FAILED);
      /* Before that the path may still change, and what is on its way be overtaken or lost. */
      if (state != FRAM_STATE_COMPLETED)
        return FALSE;
    }
  return TRUE;
}

void
couple_await_connected (Couple *couple, GMainContext *context)
{
  await (context, are_connected, couple);
}

static gboolean
are_closed (gpointer data)
{
  Couple *couple = data;

  return couple->ends[0].closed && couple->ends[1].closed;
}

void
couple_await_closed (Couple *couple, GMainContext *context)
{
  await (context, are_closed, couple);
}

static gboolean
is_readable (gpointer data)
{
  guint8 byte;

  return recv (GPOINTER_TO_INT (data), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0
         || errno != EAGAIN;
}

static void
carry (GMainContext *context, int from, int to, guint n_packets)
{
  guint8 bytes[1200], received[2048];

  for (guint i = 0; i < n_packets; i++)
    {
      memset (bytes, (int) i, sizeof bytes);
      g_assert_cmpint (send (from, bytes, sizeof bytes - i % 2, MSG_DONTWAIT), >, 0);
    }
  for (guint i = 0; i < n_packets; i++)
    {
      ssize_t n;

      await (context, is_readable, GINT_TO_POINTER (to));
      n = recv (to, received, sizeof received, MSG_DONTWAIT);
      memset (bytes, (int) i, sizeof bytes);
      g_assert_cmpmem (received, (gsize) n, bytes, sizeof bytes - i % 2);
    }
}

void
couple_exchange (Couple *couple, GMainContext *context, guint n_packets)
{
  carry (context, couple->ends[0].fd, couple->ends[1].fd, n_packets);
  carry (context, couple->ends[1].fd, couple->ends[0].fd, n_packets);
}
