#include "broker/event.h"

void
fram_event_clear (FramEvent *event)
{
  switch (event->type)
    {
    case FRAM_EVENT_TRANSMIT:
      g_clear_pointer (&event->data, g_free);
      break;
    case FRAM_EVENT_RESOLVE:
    case FRAM_EVENT_OPEN_STREAM:
      g_clear_pointer (&event->authority, g_free);
      g_clear_pointer (&event->text, g_free);
      break;
    case FRAM_EVENT_LOCAL_CANDIDATE:
    case FRAM_EVENT_NAME_RESOLVE:
    case FRAM_EVENT_NAME_PUBLISH:
      g_clear_pointer (&event->text, g_free);
      break;
    case FRAM_EVENT_REMEMBER:
      g_clear_pointer (&event->fact, fram_fact_free);
      break;
    case FRAM_EVENT_TRACE:
      g_clear_pointer (&event->trace, g_free);
      break;
    case FRAM_EVENT_OPEN_BASE:
    case FRAM_EVENT_CLOSE_BASE:
    case FRAM_EVENT_ROUTE_ADD:
    case FRAM_EVENT_ROUTE_REMOVE:
    case FRAM_EVENT_PATH:
    case FRAM_EVENT_GATHERING_DONE:
    case FRAM_EVENT_STATE:
    case FRAM_EVENT_COMPONENT_STATE:
    case FRAM_EVENT_SELECTED:
    case FRAM_EVENT_RESTART_ADVISED:
    case FRAM_EVENT_PAIRS_CHANGED:
    case FRAM_EVENT_CLOSED:
    case FRAM_EVENT_NETWORK_CHECKED:
    case FRAM_EVENT_SERVER_TESTED:
    case FRAM_EVENT_RELAY_ADD:
    case FRAM_EVENT_RELAY_CHANNEL:
    case FRAM_EVENT_NAME_FORGET:
      break;
    }
}
