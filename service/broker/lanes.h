/* Lanes: the k-th socket of every interface address.
 *
 * Sessions share a lane as long as their 5-tuples differ.  Who answers knows the remote
 * candidates before it gathers and takes a lane on which none of them is owned; who offers
 * cannot know, so an answerer also keeps away from lanes with an open offer, whose remote
 * may turn out to be the same.  A lane that is full is followed by the next one. */
#pragma once

#include "broker/event.h"

/* Components of a lane.  Each may have a socket of its own at the lane's port, and the kernel finds
 * only so many there: FRAM_STEERING_MAX. */
#define FRAM_LANE_MAX_USERS 500

/* A limit to what is searched and opened. */
#define FRAM_MAX_LANES 4096

typedef struct
{
  guint n_users;  /* components */
  guint n_offers; /* components whose session has no remote description yet */
  gboolean exclusive;
} FramLane;

typedef struct
{
  GArray *lanes; /* FramLane */
} FramLaneTable;

void fram_lane_table_init (FramLaneTable *table);
void fram_lane_table_clear (FramLaneTable *table);
/* How many have a user. */
guint fram_lane_table_count_used (const FramLaneTable *table);

/* Whether a component may join lane `lane`, as far as lanes go. */
typedef enum
{
  FRAM_LANE_FOR_OFFER,  /* the remote is unknown, more candidates can be trickled */
  FRAM_LANE_FOR_ANSWER, /* the remote is known */
  FRAM_LANE_FOR_ITSELF, /* the remote is unknown and nothing can be added later */
} FramLanePurpose;

gboolean fram_lane_table_is_open (const FramLaneTable *table, guint lane,
                                  FramLanePurpose purpose);
void fram_lane_table_join (FramLaneTable *table, guint lane, FramLanePurpose purpose);
/* The offer was answered. */
void fram_lane_table_settle (FramLaneTable *table, guint lane);
/* `offer`: it was not settled before. */
void fram_lane_table_leave (FramLaneTable *table, guint lane, gboolean offer);

/* A list of lanes: an array of guint, or NULL. */
void fram_lane_list_add (GArray **list, guint lane);
gboolean fram_lane_list_has (const GArray *list, guint lane);
