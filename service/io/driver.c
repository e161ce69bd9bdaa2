#include "io/driver-private.h"

#include "broker/trace.h"
#include "io/descriptor-limit.h"

#define DAY (24 * 60 * 60) /* seconds */

/* Who is called so late has been kept from running, and from reading too. */
#define LATE FRAM_MILLISECONDS (20)
/* Then what has arrived is read first, in so many turns at most: of each socket, more than the broker
 * sends at once. */
#define CATCH_UP_TURNS 32
/* So long without data, and a path is not in use. */
#define REST_AFTER FRAM_SECONDS (30)

FramTime
fram_driver_now (void)
{
  return g_get_monotonic_time ();
}

/* Each change wakes the loop once more.  So one to a later time, which most are, waits until the
 * timer goes off. */
static void
set_timer (FramDriver *driver)
{
  FramTime deadline = fram_broker_deadline (driver->broker);
  gint64 former = g_source_get_ready_time (driver->timer);

  if (deadline != FRAM_TIME_NEVER && (former < 0 || deadline < former))
    g_source_set_ready_time (driver->timer, MAX (deadline, 0));
}

void
fram_driver_kick (FramDriver *driver)
{
  FramEvent event;

  /* The sink may call the broker and then this; the loop below sees to it. */
  if (driver->pumping)
    return;
  driver->pumping = TRUE;
  do
    while (fram_broker_pop (driver->broker, &event))
      {
        fram_driver_carry_out (driver, &event);
        fram_event_clear (&event);
      }
  while (fram_plane_flush (driver->plane));
  driver->pumping = FALSE;
  set_timer (driver);
}

static void
catch_up (FramDriver *driver)
{
  for (guint i = 0; i < CATCH_UP_TURNS && fram_plane_turn (driver->plane); i++)
    continue;
}

/* An answer that waits in a socket has come: it must not be missed because nobody read it. */
void
fram_driver_advance (FramDriver *driver, FramTime now)
{
  if (now - fram_broker_deadline (driver->broker) >= LATE)
    catch_up (driver);
  fram_broker_advance (driver->broker, MAX (now, fram_driver_now ()));
  fram_driver_kick (driver);
}

static gboolean
on_timer (gpointer user_data)
{
  FramDriver *driver = user_data;

  g_source_set_ready_time (driver->timer, -1);
  fram_driver_advance (driver, fram_driver_now ());
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_timer (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSource *
make_timer (FramDriver *driver)
{
  static GSourceFuncs functions = { .dispatch = dispatch_timer };
  GSource *timer = g_source_new (&functions, sizeof *timer);

  g_source_set_static_name (timer, "Fram deadline");
  g_source_set_callback (timer, on_timer, driver, NULL);
  g_source_attach (timer, driver->context);
  return timer;
}

static void
on_receive (gpointer user_data, FramBaseId base, const FramAddress *remote,
            const guint8 *data, gsize length)
{
  FramDriver *driver = user_data;

  fram_broker_receive (driver->broker, base, remote, data, length, fram_driver_now ());
  if (driver->tap != NULL)
    fram_driver_show (driver, fram_broker_get_heard (driver->broker), base, remote, FALSE,
                      data, length);
}

static void
on_unreachable (gpointer user_data, FramBaseId base, const FramAddress *remote)
{
  FramDriver *driver = user_data;

  fram_broker_told_unreachable (driver->broker, base, remote, fram_driver_now ());
}

void
fram_driver_end_turn (gpointer user_data)
{
  FramDriver *driver = user_data;

  fram_plane_deliver (driver->plane);
  fram_flow_watch_end_turn (driver->flows);
  fram_driver_kick (driver);
}

/* Nothing of that is the broker's. */
static gboolean
on_data_moved (gpointer user_data)
{
  FramDriver *driver = user_data;

  return !fram_flow_watch_end_turn (driver->flows);
}

static void
on_quiet (gpointer user_data, const FramComponentKey *key)
{
  FramDriver *driver = user_data;

  fram_broker_told_quiet (driver->broker, key->session, key->stream, key->component,
                          fram_driver_now ());
  fram_driver_kick (driver);
}

static void
on_use (gpointer user_data, const FramComponentKey *key, gboolean is_used)
{
  FramDriver *driver = user_data;

  fram_broker_told_use (driver->broker, key->session, key->stream, key->component,
                        is_used, fram_driver_now ());
  fram_driver_kick (driver);
}

static void
on_resolved (guint16 query, const FramAddress *addresses, guint n_addresses,
             gpointer user_data)
{
  FramDriver *driver = user_data;

  fram_broker_told_resolved (driver->broker, query, addresses, n_addresses,
                             fram_driver_now ());
  fram_driver_kick (driver);
}

static void
on_name_resolved (FramNameId name, const FramAddress *addresses, guint n_addresses,
                  gpointer user_data)
{
  FramDriver *driver = user_data;

  fram_broker_told_name_resolved (driver->broker, name, addresses, n_addresses,
                                  fram_driver_now ());
  fram_driver_kick (driver);
}

static void
on_name_published (FramNameId name, gboolean is_published, gpointer user_data)
{
  FramDriver *driver = user_data;

  fram_broker_told_name_published (driver->broker, name, is_published,
                                   fram_driver_now ());
  fram_driver_kick (driver);
}

static void
on_network (const FramNetworkIdentity *network, gpointer user_data)
{
  FramDriver *driver = user_data;

  if (driver->memory != NULL)
    driver->memory->attached (network, driver->memory_data);
}

static void
on_addresses (const FramInterfaceAddress *addresses, guint n_addresses,
              gpointer user_data)
{
  FramDriver *driver = user_data;

  fram_plane_set_interfaces (driver->plane, addresses, n_addresses);
  fram_driver_choose_ways (driver);
  fram_broker_told_interfaces (driver->broker, addresses, n_addresses,
                               fram_driver_now ());
  fram_driver_kick (driver);
}

/* Again once a day, as clocks drift apart, and when it is set. */
static void
on_day (gpointer user_data)
{
  FramDriver *driver = user_data;
  gint64 seconds = fram_wall_clock_now ();

  fram_broker_told_time_of_day (driver->broker, seconds, fram_driver_now ());
  fram_wall_clock_set (driver->day, seconds + DAY);
}

FramDriver *
fram_driver_new (const FramBrokerConfig *config, GMainContext *context, GError **error)
{
  static const FramPlaneOwner owner
      = { on_receive, on_unreachable, fram_driver_end_turn, on_data_moved };
  static const FramNetworkListener listener = { on_network, on_addresses };
  static const FramAvahiListener names = { on_name_resolved, on_name_published };
  static const FramFlowListener flows = { on_quiet, on_use };
  g_autoptr (FramDriver) driver = g_new0 (FramDriver, 1);

  fram_raise_descriptor_limit ();
  driver->context = context != NULL ? g_main_context_ref (context)
                                    : g_main_context_ref_thread_default ();
  fram_random_pool_init (&driver->random);
  driver->broker = fram_broker_new (config, &driver->random.random);
  driver->day = fram_wall_clock_new (driver->context, on_day, driver);
  on_day (driver);
  driver->timer = make_timer (driver);
  driver->resolver
      = fram_resolver_new (driver->context, FRAM_RESOLVE_LIMIT, on_resolved, driver);
  driver->avahi = fram_avahi_new (driver->context, &names, driver);
  driver->streams = fram_driver_new_streams ();
  driver->listeners = fram_driver_new_listeners ();
  driver->plane = fram_plane_new (driver->context, &owner, driver, error);
  if (driver->plane == NULL)
    return NULL;
  driver->flows
      = fram_flow_watch_new (driver->context, driver->plane, REST_AFTER, &flows, driver);
  driver->network = fram_network_watch_new (driver->context, &listener, driver, error);
  if (driver->network == NULL)
    return NULL;
  return g_steal_pointer (&driver);
}

void
fram_driver_run (FramDriver *driver, const gboolean *is_over)
{
  fram_plane_run (driver->plane, is_over);
}

static gboolean
on_farewell (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

void
fram_driver_shut_down (FramDriver *driver)
{
  GSource *limit = g_timeout_source_new (FRAM_DRIVER_FAREWELL / 1000);
  gboolean is_over = FALSE;

  fram_broker_shut_down (driver->broker, fram_driver_now ());
  fram_driver_kick (driver);
  g_source_set_callback (limit, on_farewell, &is_over, NULL);
  g_source_attach (limit, driver->context);
  while (!is_over && !fram_broker_is_shut_down (driver->broker))
    g_main_context_iteration (driver->context, TRUE);
  g_source_destroy (limit);
  g_source_unref (limit);
}

void
fram_driver_free (FramDriver *driver)
{
  g_assert (!driver->pumping);

  g_clear_pointer (&driver->day, fram_wall_clock_free);
  g_clear_pointer (&driver->network, fram_network_watch_free);
  g_clear_pointer (&driver->resolver, fram_resolver_free);
  g_clear_pointer (&driver->avahi, fram_avahi_free);
  g_clear_pointer (&driver->flows, fram_flow_watch_free);
  g_clear_pointer (&driver->plane, fram_plane_free);
  g_clear_pointer (&driver->streams, g_hash_table_unref);
  g_clear_pointer (&driver->listeners, g_hash_table_unref);
  g_source_destroy (driver->timer);
  g_source_unref (driver->timer);
  fram_broker_free (driver->broker);
  g_main_context_unref (driver->context);
  g_free (driver);
}

void
fram_driver_set_sink (FramDriver *driver, FramDriverSink sink, gpointer user_data)
{
  driver->sink = sink;
  driver->sink_data = user_data;
}

void
fram_driver_set_memory (FramDriver *driver, const FramDriverMemory *memory,
                        gpointer user_data)
{
  driver->memory = memory;
  driver->memory_data = user_data;
  if (memory != NULL)
    memory->attached (fram_network_watch_get_network (driver->network), user_data);
}

FramBroker *
fram_driver_get_broker (FramDriver *driver)
{
  return driver->broker;
}
