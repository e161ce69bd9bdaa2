/* Permissions: who may send to the relayed address, and be sent to.  (RFC 8656 §9, §10) */
#include "turn/turn-private.h"

/* RFC 8656 §9: five minutes; refreshed a minute before. */
#define REFRESH_AFTER (FRAM_TURN_PERMISSION_LIFE - FRAM_TURN_MARGIN)
/* A refresh that failed is tried again before the end. */
#define AGAIN_AFTER FRAM_SECONDS (20)
/* Requests under way at one time; the other permissions wait. */
#define MAX_UNDER_WAY 8

static FramAddress
get_key (const FramAddress *peer)
{
  FramAddress key = *peer;

  key.port = 0;
  key.scope = 0;
  return key;
}

FramTurnPermission *
fram_turn_find_permission (const FramTurn *turn, const FramAddress *peer)
{
  FramAddress key = get_key (peer);

  return g_hash_table_lookup (turn->permissions, &key);
}

gboolean
fram_turn_is_permitted (const FramTurn *turn, const FramAddress *peer)
{
  const FramTurnPermission *permission = fram_turn_find_permission (turn, peer);

  return permission != NULL && permission->state == FRAM_TURN_PEER_THERE;
}

gboolean
fram_turn_permit (FramTurn *turn, const FramAddress *peer, FramTime now)
{
  FramTurnPermission *permission = fram_turn_find_permission (turn, peer);

  if (turn->state == FRAM_TURN_CLOSING || turn->state == FRAM_TURN_ENDED
      || (turn->state == FRAM_TURN_ALLOCATED && !fram_turn_has_family (turn, peer)))
    return FALSE;
  if (permission == NULL)
    {
      if (g_hash_table_size (turn->permissions) == FRAM_TURN_MAX_PERMISSIONS)
        return FALSE;
      permission = g_new0 (FramTurnPermission, 1);
      permission->peer = get_key (peer);
      permission->refresh_at = now;
      permission->expires = FRAM_TIME_NEVER;
      g_hash_table_insert (turn->permissions, &permission->peer, permission);
    }
  /* RFC 8656 §9: nobody wanted it when it was to be refreshed, and it may end before it is. */
  if (permission->n_users++ == 0 && permission->state == FRAM_TURN_PEER_THERE
      && permission->refresh_at <= now)
    {
      permission->state = FRAM_TURN_PEER_ASKING;
      permission->expires = FRAM_TIME_NEVER;
    }
  if (permission->state == FRAM_TURN_PEER_THERE)
    fram_turn_emit_peer (turn, FRAM_TURN_EVENT_PERMITTED, peer, 0);
  else if (permission->state == FRAM_TURN_PEER_REFUSED)
    fram_turn_emit_peer (turn, FRAM_TURN_EVENT_REFUSED, peer, permission->code);
  return TRUE;
}

void
fram_turn_forbid (FramTurn *turn, const FramAddress *peer)
{
  FramTurnPermission *permission = fram_turn_find_permission (turn, peer);

  if (permission == NULL || permission->n_users == 0 || --permission->n_users > 0)
    return;
  /* What the server holds ends by itself; what it refused may be asked anew. */
  if (!permission->is_asking && permission->state != FRAM_TURN_PEER_THERE)
    g_hash_table_remove (turn->permissions, &permission->peer);
}

guint
fram_turn_count_permissions (const FramTurn *turn)
{
  GHashTableIter iter;
  FramTurnPermission *permission;
  guint n = 0;

  g_hash_table_iter_init (&iter, turn->permissions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &permission))
    n += permission->state == FRAM_TURN_PEER_THERE;
  return n;
}

/* --- Answers ----------------------------------------------------------------------- */

static void
confirm (FramTurn *turn, FramTurnPermission *permission, FramTime now)
{
  gboolean is_new = permission->state != FRAM_TURN_PEER_THERE;

  permission->state = FRAM_TURN_PEER_THERE;
  permission->alone = FALSE;
  permission->expires = now + FRAM_TURN_PERMISSION_LIFE;
  permission->refresh_at = now + REFRESH_AFTER;
  if (is_new && permission->n_users > 0)
    fram_turn_emit_peer (turn, FRAM_TURN_EVENT_PERMITTED, &permission->peer, 0);
}

void
fram_turn_permission_confirm (FramTurn *turn, const FramAddress *peer, FramTime now)
{
  FramTurnPermission *permission = fram_turn_find_permission (turn, peer);

  if (permission != NULL)
    confirm (turn, permission, now);
}

static void
refuse (FramTurn *turn, FramTurnPermission *permission, guint code, FramTime now)
{
  if (permission->state == FRAM_TURN_PEER_THERE && permission->expires > now)
    {
      permission->refresh_at = now + AGAIN_AFTER;
      return;
    }
  permission->state = FRAM_TURN_PEER_REFUSED;
  permission->code = code;
  permission->refresh_at = FRAM_TIME_NEVER;
  permission->expires = FRAM_TIME_NEVER;
  if (permission->n_users > 0)
    fram_turn_emit_peer (turn, FRAM_TURN_EVENT_REFUSED, &permission->peer, code);
  else
    g_hash_table_remove (turn->permissions, &permission->peer);
}

void
fram_turn_permit_answered (FramTurn *turn, const FramTurnRequest *request,
                           const FramTurnAnswer *answer, FramTime now)
{
  gboolean granted = answer->code == 0 && answer->message != NULL
                     && answer->outcome != FRAM_TURN_TAMPERED;

  if (answer->code == FRAM_STUN_ERROR_ALLOCATION_MISMATCH)
    {
      fram_turn_end (turn, FRAM_TURN_LOST, answer->code);
      return;
    }
  for (guint i = 0; i < request->n_peers; i++)
    {
      FramTurnPermission *permission
          = fram_turn_find_permission (turn, &request->peers[i]);

      if (permission == NULL)
        continue;
      permission->is_asking = FALSE;
      if (granted)
        confirm (turn, permission, now);
      else if (answer->code != 0 && request->n_peers > 1)
        {
          /* One of them was meant: each is asked for by itself. */
          permission->alone = TRUE;
          permission->refresh_at = now;
        }
      else
        refuse (turn, permission, answer->code, now);
    }
}

/* --- Time -------------------------------------------------------------------------- */

static guint
count_under_way (const FramTurn *turn)
{
  guint n = 0;

  for (guint i = 0; i < turn->requests->len; i++)
    n += ((const FramTurnRequest *) g_ptr_array_index (turn->requests, i))->kind
         == FRAM_TURN_PERMIT;
  return n;
}

static gboolean
is_due (const FramTurnPermission *permission, FramTime now)
{
  return !permission->is_asking && permission->n_users > 0
         && permission->refresh_at <= now;
}

FramTime
fram_turn_permissions_deadline (const FramTurn *turn)
{
  gboolean may_ask = count_under_way (turn) < MAX_UNDER_WAY;
  FramTime deadline = FRAM_TIME_NEVER;
  GHashTableIter iter;
  FramTurnPermission *permission;

  g_hash_table_iter_init (&iter, turn->permissions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &permission))
    {
      deadline = MIN (deadline, permission->expires);
      if (may_ask && !permission->is_asking && permission->n_users > 0)
        deadline = MIN (deadline, permission->refresh_at);
    }
  return deadline;
}

static void
expire (FramTurn *turn, FramTime now)
{
  GHashTableIter iter;
  FramTurnPermission *permission;

  g_hash_table_iter_init (&iter, turn->permissions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &permission))
    {
      if (permission->expires > now)
        continue;
      if (permission->n_users == 0 && !permission->is_asking)
        {
          g_hash_table_iter_remove (&iter);
          continue;
        }
      permission->state = FRAM_TURN_PEER_REFUSED;
      permission->code = 0;
      permission->expires = FRAM_TIME_NEVER;
      fram_turn_emit_peer (turn, FRAM_TURN_EVENT_REFUSED, &permission->peer, 0);
    }
}

/* Takes those that are due into one request. */
static gboolean
collect (FramTurn *turn, FramTurnRequest *request, FramTime now)
{
  GHashTableIter iter;
  FramTurnPermission *permission;

  request->kind = FRAM_TURN_PERMIT;
  request->n_peers = 0;
  g_hash_table_iter_init (&iter, turn->permissions);
  while (request->n_peers < FRAM_TURN_MAX_PEERS
         && g_hash_table_iter_next (&iter, NULL, (gpointer *) &permission))
    {
      if (!is_due (permission, now) || (permission->alone && request->n_peers > 0))
        continue;
      permission->is_asking = TRUE;
      request->peers[request->n_peers++] = permission->peer;
      if (permission->alone)
        break;
    }
  return request->n_peers > 0;
}

/* An address without a family of ours can be asked for before the allocation is there. */
static void
refuse_strangers (FramTurn *turn, FramTime now)
{
  GHashTableIter iter;
  FramTurnPermission *permission;

  g_hash_table_iter_init (&iter, turn->permissions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &permission))
    if (is_due (permission, now) && !fram_turn_has_family (turn, &permission->peer))
      refuse (turn, permission, FRAM_STUN_ERROR_PEER_ADDRESS_FAMILY_MISMATCH, now);
}

void
fram_turn_permissions_advance (FramTurn *turn, FramTime now)
{
  g_autofree FramTurnRequest *request = g_new0 (FramTurnRequest, 1);

  expire (turn, now);
  refuse_strangers (turn, now);
  while (count_under_way (turn) < MAX_UNDER_WAY && collect (turn, request, now))
    fram_turn_ask (turn, request, now);
}
