/* One event of the broker, one thing to do. */
#include "io/driver-private.h"

static FramComponentKey
get_key (const FramEvent *event)
{
  FramComponentKey key = { .session = event->session,
                           .stream = event->stream,
                           .component = event->component };

  return key;
}

static void
open_base (FramDriver *driver, const FramEvent *event)
{
  g_autoptr (GError) error = NULL;
  FramAddress bound;

  if (fram_plane_open_base (driver->plane, event->base, &event->bind, &bound, &error))
    {
      bound.scope = event->bind.scope;
      fram_broker_told_base_opened (driver->broker, event->base, &bound,
                                    fram_driver_now ());
      return;
    }
  /* One address that cannot be bound is no reason to worry: others will do. */
  g_debug ("A base is missing: %s", error->message);
  fram_broker_told_base_failed (driver->broker, event->base, fram_driver_now ());
}

static void
transmit (FramDriver *driver, const FramEvent *event)
{
  if (driver->tap != NULL)
    fram_driver_show (driver, event->session, event->base, &event->remote, TRUE,
                      event->data, event->length);
  if (!fram_driver_transmit_stream (driver, event))
    fram_plane_transmit (driver->plane, event->base, &event->remote, event->dscp,
                         event->data, event->length);
}

static void
set_channel (FramDriver *driver, const FramEvent *event)
{
  if (event->is_asked)
    fram_plane_expect_channel (driver->plane, event->base, &event->remote,
                               event->channel);
  else
    fram_plane_set_channel (driver->plane, event->base, &event->remote, event->channel);
}

static void
resolve (FramDriver *driver, const FramEvent *event)
{
  FramResolverQuestion question = { .name = event->text,
                                    .scheme = event->scheme,
                                    .transport = event->transport,
                                    .port = event->port };

  fram_resolver_look_up (driver->resolver, event->query, &question);
}

static void
tell (FramDriver *driver, const FramEvent *event)
{
  if (driver->sink != NULL)
    driver->sink (event, driver->sink_data);
}

void
fram_driver_carry_out (FramDriver *driver, const FramEvent *event)
{
  FramComponentKey key = get_key (event);

  switch (event->type)
    {
    case FRAM_EVENT_OPEN_BASE:
      if (event->transport == FRAM_KNOWN_TCP)
        fram_driver_open_listener (driver, event);
      else
        open_base (driver, event);
      break;
    case FRAM_EVENT_OPEN_STREAM:
      fram_driver_open_stream (driver, event);
      break;
    case FRAM_EVENT_CLOSE_BASE:
      if (!fram_driver_close_stream (driver, event->base)
          && !fram_driver_close_listener (driver, event->base))
        fram_plane_close_base (driver->plane, event->base);
      break;
    case FRAM_EVENT_RELAY_ADD:
      fram_plane_add_relay (driver->plane, event->base, event->carrier, &event->remote,
                            &event->bind);
      break;
    case FRAM_EVENT_RELAY_CHANNEL:
      set_channel (driver, event);
      break;
    case FRAM_EVENT_TRANSMIT:
      transmit (driver, event);
      break;
    case FRAM_EVENT_ROUTE_ADD:
      fram_plane_add_route (driver->plane, &key, event->base, &event->remote);
      break;
    case FRAM_EVENT_ROUTE_REMOVE:
      fram_plane_remove_route (driver->plane, &key, event->base, &event->remote);
      break;
    case FRAM_EVENT_PATH:
      fram_plane_set_path (driver->plane, &key, event->base, &event->remote);
      fram_plane_set_dscp (driver->plane, &key, event->dscp);
      fram_flow_watch_set_path (driver->flows, &key, event->base != 0);
      break;
    case FRAM_EVENT_RESOLVE:
      resolve (driver, event);
      break;
    case FRAM_EVENT_NAME_RESOLVE:
      fram_avahi_resolve (driver->avahi, event->name, event->text);
      break;
    case FRAM_EVENT_NAME_PUBLISH:
      fram_avahi_publish (driver->avahi, event->name, event->text, &event->bind,
                          event->interface);
      break;
    case FRAM_EVENT_NAME_FORGET:
      fram_avahi_forget (driver->avahi, event->name);
      break;
    case FRAM_EVENT_REMEMBER:
      if (driver->memory != NULL)
        driver->memory->remember (event->fact, driver->memory_data);
      break;
    case FRAM_EVENT_CLOSED:
      fram_plane_close_session (driver->plane, event->session);
      fram_flow_watch_forget (driver->flows, event->session);
      tell (driver, event);
      break;
    case FRAM_EVENT_COMPONENT_STATE:
      /* Its stream was removed. */
      if (event->state == FRAM_STATE_CLOSED)
        fram_plane_close_component (driver->plane, &key);
      tell (driver, event);
      break;
    case FRAM_EVENT_LOCAL_CANDIDATE:
    case FRAM_EVENT_GATHERING_DONE:
    case FRAM_EVENT_STATE:
    case FRAM_EVENT_SELECTED:
    case FRAM_EVENT_RESTART_ADVISED:
    case FRAM_EVENT_PAIRS_CHANGED:
    case FRAM_EVENT_NETWORK_CHECKED:
    case FRAM_EVENT_SERVER_TESTED:
    case FRAM_EVENT_TRACE:
      tell (driver, event);
      break;
    }
}
