/** Tells a server of the operator's what happens to streams and nodes. Read {@link io.headwater.webhook.Webhooks} first. */
@org.jspecify.annotations.NullMarked
package io.headwater.webhook;
