/* The measurement's inside, shared by the file that runs the trials and the one that
 * decides on them. */
#pragma once

#include "nat/lifetime.h"
#include "nat/query-private.h"
#include "nat/search-private.h"

typedef enum
{
  FRAM_NAT_TRIAL_IDLE,
  FRAM_NAT_TRIAL_OPENING,  /* waits for a new socket */
  FRAM_NAT_TRIAL_PRIMING,  /* X asks for its mapped address */
  FRAM_NAT_TRIAL_AGEING,   /* X rests */
  FRAM_NAT_TRIAL_ASKING,   /* Y asks for an answer to X */
  FRAM_NAT_TRIAL_CHECKING, /* nothing came; X asks whether the server is still there */
  FRAM_NAT_TRIAL_RESTING,  /* the server did not answer; later again */
} FramNatTrialState;

/* A socket X and what is done with it. */
typedef struct
{
  FramNatTrialState state;
  guint8 socket;
  FramTime age;     /* how long X is to rest; 0: whether the server can do it at all */
  FramTime due;     /* AGEING, RESTING: when that ends */
  FramTime sent;    /* when X sent last, */
  FramTime touched; /* and when the mapping was last used in any direction */
  FramTime lived, died; /* ASKING: the age at least, and at most, when it was asked */
  FramAddress mapped;
  FramNatQuery query;
} FramNatTrial;

struct _FramNatLifetime
{
  FramNatLifetimeConfig config;
  FramRandom *random;
  FramTime started;
  FramTime last_begun; /* -1: nothing yet */
  FramNatPath path;
  FramNatSearch search;
  gboolean has_y;  /* the socket Y is open */
  gboolean heard;  /* the server has told a mapped address */
  gboolean proved; /* the server answers to other ports of `external` */
  FramAddress external;
  guint n_trials; /* that were judged */
  guint n_lost;   /* trials in a row that came to nothing */
  FramNatTrial trials[FRAM_NAT_LIFETIME_MAX_SOCKETS];
  gboolean change_queued;
  GQueue events; /* FramNatEvent */
  FramNatLifetimeResult result;
};

#define FRAM_NAT_SOCKET_Y 0

/* lifetime-trial.c: one step of a trial after its question was answered, or not. */
void fram_nat_trial_answered (FramNatLifetime *lifetime, FramNatTrial *trial,
                              guint socket, FramTime now);
void fram_nat_trial_unanswered (FramNatLifetime *lifetime, FramNatTrial *trial,
                                FramTime now);
/* AGEING is over. */
void fram_nat_trial_ask (FramNatLifetime *lifetime, FramNatTrial *trial, FramTime now);
/* The trial came to nothing: another one later. */
void fram_nat_trial_lose (FramNatLifetime *lifetime, FramNatTrial *trial, FramTime now);
void fram_nat_trial_prime (FramNatLifetime *lifetime, FramNatTrial *trial);

/* lifetime.c */
void fram_nat_lifetime_end (FramNatLifetime *lifetime, FramNatLifetimeState state);
