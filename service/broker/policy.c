/* What the user decides of the network: which interfaces are used, and how long what nobody
 * uses stays. */
#include "broker/tcp-private.h"

#include <string.h>

/* An address to which no socket could be bound is tried again after that, or when the
 * interfaces change. */
#define TRY_AGAIN FRAM_SECONDS (30)
#define MAX_FAILURES 64

/* Of what a crowd of sessions has opened, so many lanes stay for longer than usual. */
#define WARM_LANES 8

/* --- Patterns ---------------------------------------------------------------------- */

static char **
copy_patterns (const char *const *patterns)
{
  GPtrArray *copy = g_ptr_array_new ();

  for (guint i = 0; patterns != NULL && patterns[i] != NULL && i < FRAM_MAX_PATTERNS; i++)
    g_ptr_array_add (copy, g_strdup (patterns[i]));
  g_ptr_array_add (copy, NULL);
  return (char **) g_ptr_array_free (copy, FALSE);
}

void
fram_broker_copy_policy (FramBroker *broker, const FramBrokerPolicy *policy)
{
  char **allow = copy_patterns (policy->allow), **deny = copy_patterns (policy->deny);

  g_strfreev (broker->allow);
  g_strfreev (broker->deny);
  broker->allow = allow;
  broker->deny = deny;
  broker->config.policy = *policy;
  broker->config.policy.allow = (const char *const *) allow;
  broker->config.policy.deny = (const char *const *) deny;
}

static gboolean
matches (char **patterns, const char *name)
{
  for (guint i = 0; patterns[i] != NULL; i++)
    if (g_pattern_match_simple (patterns[i], name))
      return TRUE;
  return FALSE;
}

static gboolean
is_denied (FramBroker *broker, const char *name)
{
  return matches (broker->deny, name)
         || (broker->allow[0] != NULL && !matches (broker->allow, name));
}

/* --- Interfaces -------------------------------------------------------------------- */

static FramBindFailure *
find_failure (FramBroker *broker, const FramAddress *address)
{
  for (guint i = 0; i < broker->failures->len; i++)
    {
      FramBindFailure *failure = &g_array_index (broker->failures, FramBindFailure, i);

      if (fram_address_equal (&failure->address, address))
        return failure;
    }
  return NULL;
}

static gboolean
has_open_base (FramBroker *broker, const FramAddress *address)
{
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    if (base->state == FRAM_BASE_OPEN
        && fram_address_equal (&base->interface.address, address))
      return TRUE;
  return FALSE;
}

void
fram_broker_note_failure (FramBroker *broker, const FramAddress *address, FramTime now)
{
  FramBindFailure failure = { *address, now }, *known = find_failure (broker, address);

  if (known != NULL)
    known->when = now;
  /* Where others could be opened it was no fault of the address. */
  else if (broker->failures->len < MAX_FAILURES && !has_open_base (broker, address))
    g_array_append_val (broker->failures, failure);
}

gboolean
fram_broker_has_failed (FramBroker *broker, const FramAddress *address, FramTime now)
{
  const FramBindFailure *failure = find_failure (broker, address);

  return failure != NULL && now - failure->when < TRY_AGAIN;
}

/* Loopback is USED here; whether it really is, depends on the others.  So is what is deprecated:
 * see fram_broker_keeps_address(). */
static FramInterfaceUse
judge_lasting (FramBroker *broker, const FramInterfaceAddress *interface)
{
  FramInterfaceFlags vpn = FRAM_INTERFACE_TUNNEL | FRAM_INTERFACE_POINT_TO_POINT;

  if (fram_address_is_link_local (&interface->address)
      || fram_address_is_any (&interface->address))
    return FRAM_INTERFACE_UNUSED_LINK_LOCAL;
  if (fram_address_is_obsolete (&interface->address))
    return FRAM_INTERFACE_UNUSED_OBSOLETE;
  if ((interface->flags & FRAM_INTERFACE_VIRTUAL) != 0)
    return FRAM_INTERFACE_UNUSED_VIRTUAL;
  if (broker->config.policy.no_vpn && (interface->flags & vpn) != 0)
    return FRAM_INTERFACE_UNUSED_VPN;
  if (is_denied (broker, interface->name))
    return FRAM_INTERFACE_UNUSED_DENIED;
  if (broker->config.policy.family != FRAM_FAMILY_NONE
      && interface->address.family != broker->config.policy.family)
    return FRAM_INTERFACE_UNUSED_FAMILY;
  return FRAM_INTERFACE_USED;
}

/* RFC 8445 §5.1.1.1: addresses "that do allow location tracking, are configured on the same
 * interface, and are part of the same network prefix MUST NOT be gathered" beside a temporary one.
 * Prefixes of addresses with such numbers are of 64 bits (RFC 4291 §2.5.1). */
static gboolean
has_temporary (FramBroker *broker, const FramInterfaceAddress *interface)
{
  for (guint i = 0; i < broker->told->len; i++)
    {
      const FramInterfaceAddress *told
          = &g_array_index (broker->told, FramInterfaceAddress, i);

      if ((told->flags & FRAM_INTERFACE_TEMPORARY) != 0
          && (told->flags & FRAM_INTERFACE_DEPRECATED) == 0
          && told->index == interface->index
          && memcmp (told->address.ip, interface->address.ip, 8) == 0)
        return TRUE;
    }
  return FALSE;
}

static FramInterfaceUse
judge (FramBroker *broker, const FramInterfaceAddress *interface)
{
  FramInterfaceUse use = judge_lasting (broker, interface);

  if (use != FRAM_INTERFACE_USED)
    return use;
  if ((interface->flags & FRAM_INTERFACE_DEPRECATED) != 0)
    return FRAM_INTERFACE_UNUSED_DEPRECATED;
  if (fram_address_is_traceable (&interface->address)
      && has_temporary (broker, interface))
    return FRAM_INTERFACE_UNUSED_TRACEABLE;
  return FRAM_INTERFACE_USED;
}

/* What goes on by it may go on, and nothing new begins. */
static gboolean
is_outdated (FramInterfaceUse use)
{
  return use == FRAM_INTERFACE_UNUSED_DEPRECATED
         || use == FRAM_INTERFACE_UNUSED_TRACEABLE;
}

gboolean
fram_broker_keeps_address (FramBroker *broker, const FramAddress *address)
{
  if (fram_broker_uses_address (broker, address))
    return TRUE;
  for (guint i = 0; i < broker->told->len; i++)
    {
      const FramInterfaceAddress *told
          = &g_array_index (broker->told, FramInterfaceAddress, i);

      if (fram_address_equal (&told->address, address)
          && is_outdated (judge (broker, told)))
        return TRUE;
    }
  return FALSE;
}

gboolean
fram_broker_uses_address (FramBroker *broker, const FramAddress *address)
{
  for (guint i = 0; i < broker->interfaces->len; i++)
    if (fram_address_equal (
            &g_array_index (broker->interfaces, FramInterfaceAddress, i).address,
            address))
      return TRUE;
  return FALSE;
}

FramInterfaceUse
fram_broker_interface_use (FramBroker *broker, const FramInterfaceAddress *interface)
{
  FramInterfaceUse use = judge (broker, interface);

  if (use != FRAM_INTERFACE_USED)
    return use;
  if (!fram_broker_uses_address (broker, &interface->address))
    return FRAM_INTERFACE_UNUSED_LOOPBACK;
  return find_failure (broker, &interface->address) != NULL ? FRAM_INTERFACE_UNUSED_FAILED
                                                            : FRAM_INTERFACE_USED;
}

/* RFC 8445 §5.1.1.1: loopback is left out; but on a host that has nothing else, it is how
 * two applications of one user reach each other. */
void
fram_broker_choose_interfaces (FramBroker *broker)
{
  g_array_set_size (broker->interfaces, 0);
  for (guint loopback = 0; loopback < 2 && broker->interfaces->len == 0; loopback++)
    for (guint i = 0; i < broker->told->len; i++)
      {
        FramInterfaceAddress *told
            = &g_array_index (broker->told, FramInterfaceAddress, i);

        if (fram_address_is_loopback (&told->address) == (gboolean) loopback
            && judge (broker, told) == FRAM_INTERFACE_USED)
          g_array_append_vals (broker->interfaces, told, 1);
      }
}

/* --- Time -------------------------------------------------------------------------- */

FramTime
fram_broker_get_linger (FramBroker *broker, guint32 lane)
{
  FramTime linger = broker->config.policy.linger;

  return lane >= WARM_LANES ? MIN (linger, FRAM_LINGER_DEFAULT) : linger;
}

static void
schedule_end (FramBroker *broker, FramBase *base)
{
  FramTime linger = fram_broker_get_linger (broker, base->lane);

  if (!fram_broker_in_range (broker, base->state, &base->address))
    linger = 0;
  fram_schedule_set (&broker->deadlines, &base->linger,
                     linger == FRAM_TIME_NEVER ? FRAM_TIME_NEVER : base->unused + linger);
}

void
fram_broker_base_unused (FramBroker *broker, FramBase *base, FramTime now)
{
  base->unused = now;
  schedule_end (broker, base);
}

void
fram_broker_set_policy (FramBroker *broker, const FramBrokerPolicy *policy, FramTime now)
{
  GHashTableIter iter;
  FramBase *base;

  fram_broker_copy_policy (broker, policy);
  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    if (!fram_base_is_used (base))
      schedule_end (broker, base);
  fram_broker_tcp_follow_policy (broker);
  fram_broker_allocations_linger (broker);
  fram_broker_follow_interfaces (broker, now);
  /* What is to go has gone before the next session could take part in it. */
  fram_broker_advance (broker, now);
}
