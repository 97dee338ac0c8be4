/** The only reader of configuration files: everything else is handed a record. */
@org.jspecify.annotations.NullMarked
package io.headwater.config;
