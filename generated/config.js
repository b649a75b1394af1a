// Generated from the schemas by the build. Do not edit.
var __getOwnPropNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};

// node_modules/ajv/dist/runtime/ucs2length.js
var require_ucs2length = __commonJS({
  "node_modules/ajv/dist/runtime/ucs2length.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    function ucs2length(str) {
      const len = str.length;
      let length = 0;
      let pos = 0;
      let value;
      while (pos < len) {
        length++;
        value = str.charCodeAt(pos++);
        if (value >= 55296 && value <= 56319 && pos < len) {
          value = str.charCodeAt(pos);
          if ((value & 64512) === 56320)
            pos++;
        }
      }
      return length;
    }
    exports.default = ucs2length;
    ucs2length.code = 'require("ajv/dist/runtime/ucs2length").default';
  }
});

// <stdin>
var validate = validate20;
var stdin_default = validate20;
var func1 = require_ucs2length().default;
var pattern4 = new RegExp("^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$", "u");
var pattern6 = new RegExp("^rediss?://\\S+$", "u");
var pattern7 = new RegExp("^[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*$", "u");
var pattern8 = new RegExp("^smtps?://\\S+$", "u");
var pattern9 = new RegExp("^https?://\\S+$", "u");
var pattern11 = new RegExp("^(auto|on|off)$", "u");
var pattern15 = new RegExp("-----BEGIN CERTIFICATE-----", "u");
var pattern16 = new RegExp("^(plain|scram-sha-256|scram-sha-512|certificate)$", "u");
var pattern17 = new RegExp("^\\s*\\{", "u");
var pattern18 = new RegExp("^[^\\r\\n]+@[^\\r\\n]+$", "u");
var pattern19 = new RegExp("^(sha256:[0-9a-fA-F]{64}|(?!sha256:)[^\\s,]{8,})(,(sha256:[0-9a-fA-F]{64}|(?!sha256:)[^\\s,]{8,}))*$", "u");
var pattern20 = new RegExp("^(\\*|https?://[^\\s,/]+(,https?://[^\\s,/]+)*)$", "u");
var pattern21 = new RegExp("^[^\\s,]{16,}(,[^\\s,]{16,})*$", "u");
var pattern22 = new RegExp("^[A-Za-z0-9._-]*$", "u");
function validate20(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate20.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.STAGE === void 0) {
      data.STAGE = "local";
    }
    if (data.DATABASE_TLS === void 0) {
      data.DATABASE_TLS = "auto";
    }
    if (data.KAFKA_TLS === void 0) {
      data.KAFKA_TLS = "auto";
    }
    if (data.REDIS_TLS === void 0) {
      data.REDIS_TLS = "auto";
    }
    if (data.SMTP_TLS === void 0) {
      data.SMTP_TLS = "auto";
    }
    if (data.KAFKA_SASL_MECHANISM === void 0) {
      data.KAFKA_SASL_MECHANISM = "scram-sha-512";
    }
    if (data.HTTP_PORT === void 0) {
      data.HTTP_PORT = 8081;
    }
    if (data.MAIL_FROM === void 0) {
      data.MAIL_FROM = "welcome@registration.example";
    }
    if (data.RATE_LIMIT_WINDOW_SECONDS === void 0) {
      data.RATE_LIMIT_WINDOW_SECONDS = 300;
    }
    if (data.TOPIC_PREFIX === void 0) {
      data.TOPIC_PREFIX = "";
    }
    if (data.KAFKA_REPLICATION_FACTOR === void 0) {
      data.KAFKA_REPLICATION_FACTOR = 1;
    }
    if (data.KAFKA_MIN_INSYNC_REPLICAS === void 0) {
      data.KAFKA_MIN_INSYNC_REPLICAS = 1;
    }
    if (data.DATABASE_POOL_SIZE === void 0) {
      data.DATABASE_POOL_SIZE = 10;
    }
    if (data.SMTP_CONNECTIONS === void 0) {
      data.SMTP_CONNECTIONS = 8;
    }
    if (data.PASSWORD_HASH_MEMORY_KIB === void 0) {
      data.PASSWORD_HASH_MEMORY_KIB = 7168;
    }
    if (data.PASSWORD_HASH_PASSES === void 0) {
      data.PASSWORD_HASH_PASSES = 5;
    }
    if (data.PASSWORD_HASH_CONCURRENCY === void 0) {
      data.PASSWORD_HASH_CONCURRENCY = 4;
    }
    if (data.PASSWORD_HASH_QUEUE === void 0) {
      data.PASSWORD_HASH_QUEUE = 100;
    }
    if (data.MAIL_RETRY_HOURS === void 0) {
      data.MAIL_RETRY_HOURS = 48;
    }
    if (data.MAIL_REFUSED_FIRST_MS === void 0) {
      data.MAIL_REFUSED_FIRST_MS = 5e3;
    }
    if (data.MAIL_REFUSED_LONGEST_MS === void 0) {
      data.MAIL_REFUSED_LONGEST_MS = 9e5;
    }
    if (data.RELAY_MAX_REPUBLISH === void 0) {
      data.RELAY_MAX_REPUBLISH = 500;
    }
    if (data.RELAY_REPUBLISH_FIRST_MS === void 0) {
      data.RELAY_REPUBLISH_FIRST_MS = 3e4;
    }
    if (data.RELAY_REPUBLISH_LONGEST_MS === void 0) {
      data.RELAY_REPUBLISH_LONGEST_MS = 36e5;
    }
    if (data.EVENT_KEEP_DAYS === void 0) {
      data.EVENT_KEEP_DAYS = 30;
    }
    if (data.STAGE === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "STAGE" }, message: "must have required property 'STAGE'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.DATABASE_TLS === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "DATABASE_TLS" }, message: "must have required property 'DATABASE_TLS'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.KAFKA_TLS === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "KAFKA_TLS" }, message: "must have required property 'KAFKA_TLS'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.REDIS_TLS === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "REDIS_TLS" }, message: "must have required property 'REDIS_TLS'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.SMTP_TLS === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "SMTP_TLS" }, message: "must have required property 'SMTP_TLS'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.KAFKA_SASL_MECHANISM === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "KAFKA_SASL_MECHANISM" }, message: "must have required property 'KAFKA_SASL_MECHANISM'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    if (data.HTTP_PORT === void 0) {
      const err6 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "HTTP_PORT" }, message: "must have required property 'HTTP_PORT'" };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    if (data.MAIL_FROM === void 0) {
      const err7 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "MAIL_FROM" }, message: "must have required property 'MAIL_FROM'" };
      if (vErrors === null) {
        vErrors = [err7];
      } else {
        vErrors.push(err7);
      }
      errors++;
    }
    if (data.RATE_LIMIT_WINDOW_SECONDS === void 0) {
      const err8 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "RATE_LIMIT_WINDOW_SECONDS" }, message: "must have required property 'RATE_LIMIT_WINDOW_SECONDS'" };
      if (vErrors === null) {
        vErrors = [err8];
      } else {
        vErrors.push(err8);
      }
      errors++;
    }
    if (data.TOPIC_PREFIX === void 0) {
      const err9 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "TOPIC_PREFIX" }, message: "must have required property 'TOPIC_PREFIX'" };
      if (vErrors === null) {
        vErrors = [err9];
      } else {
        vErrors.push(err9);
      }
      errors++;
    }
    if (data.KAFKA_REPLICATION_FACTOR === void 0) {
      const err10 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "KAFKA_REPLICATION_FACTOR" }, message: "must have required property 'KAFKA_REPLICATION_FACTOR'" };
      if (vErrors === null) {
        vErrors = [err10];
      } else {
        vErrors.push(err10);
      }
      errors++;
    }
    if (data.KAFKA_MIN_INSYNC_REPLICAS === void 0) {
      const err11 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "KAFKA_MIN_INSYNC_REPLICAS" }, message: "must have required property 'KAFKA_MIN_INSYNC_REPLICAS'" };
      if (vErrors === null) {
        vErrors = [err11];
      } else {
        vErrors.push(err11);
      }
      errors++;
    }
    if (data.DATABASE_POOL_SIZE === void 0) {
      const err12 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "DATABASE_POOL_SIZE" }, message: "must have required property 'DATABASE_POOL_SIZE'" };
      if (vErrors === null) {
        vErrors = [err12];
      } else {
        vErrors.push(err12);
      }
      errors++;
    }
    if (data.SMTP_CONNECTIONS === void 0) {
      const err13 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "SMTP_CONNECTIONS" }, message: "must have required property 'SMTP_CONNECTIONS'" };
      if (vErrors === null) {
        vErrors = [err13];
      } else {
        vErrors.push(err13);
      }
      errors++;
    }
    if (data.PASSWORD_HASH_MEMORY_KIB === void 0) {
      const err14 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "PASSWORD_HASH_MEMORY_KIB" }, message: "must have required property 'PASSWORD_HASH_MEMORY_KIB'" };
      if (vErrors === null) {
        vErrors = [err14];
      } else {
        vErrors.push(err14);
      }
      errors++;
    }
    if (data.PASSWORD_HASH_PASSES === void 0) {
      const err15 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "PASSWORD_HASH_PASSES" }, message: "must have required property 'PASSWORD_HASH_PASSES'" };
      if (vErrors === null) {
        vErrors = [err15];
      } else {
        vErrors.push(err15);
      }
      errors++;
    }
    if (data.PASSWORD_HASH_CONCURRENCY === void 0) {
      const err16 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "PASSWORD_HASH_CONCURRENCY" }, message: "must have required property 'PASSWORD_HASH_CONCURRENCY'" };
      if (vErrors === null) {
        vErrors = [err16];
      } else {
        vErrors.push(err16);
      }
      errors++;
    }
    if (data.PASSWORD_HASH_QUEUE === void 0) {
      const err17 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "PASSWORD_HASH_QUEUE" }, message: "must have required property 'PASSWORD_HASH_QUEUE'" };
      if (vErrors === null) {
        vErrors = [err17];
      } else {
        vErrors.push(err17);
      }
      errors++;
    }
    if (data.MAIL_RETRY_HOURS === void 0) {
      const err18 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "MAIL_RETRY_HOURS" }, message: "must have required property 'MAIL_RETRY_HOURS'" };
      if (vErrors === null) {
        vErrors = [err18];
      } else {
        vErrors.push(err18);
      }
      errors++;
    }
    if (data.MAIL_REFUSED_FIRST_MS === void 0) {
      const err19 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "MAIL_REFUSED_FIRST_MS" }, message: "must have required property 'MAIL_REFUSED_FIRST_MS'" };
      if (vErrors === null) {
        vErrors = [err19];
      } else {
        vErrors.push(err19);
      }
      errors++;
    }
    if (data.MAIL_REFUSED_LONGEST_MS === void 0) {
      const err20 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "MAIL_REFUSED_LONGEST_MS" }, message: "must have required property 'MAIL_REFUSED_LONGEST_MS'" };
      if (vErrors === null) {
        vErrors = [err20];
      } else {
        vErrors.push(err20);
      }
      errors++;
    }
    if (data.RELAY_MAX_REPUBLISH === void 0) {
      const err21 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "RELAY_MAX_REPUBLISH" }, message: "must have required property 'RELAY_MAX_REPUBLISH'" };
      if (vErrors === null) {
        vErrors = [err21];
      } else {
        vErrors.push(err21);
      }
      errors++;
    }
    if (data.RELAY_REPUBLISH_FIRST_MS === void 0) {
      const err22 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "RELAY_REPUBLISH_FIRST_MS" }, message: "must have required property 'RELAY_REPUBLISH_FIRST_MS'" };
      if (vErrors === null) {
        vErrors = [err22];
      } else {
        vErrors.push(err22);
      }
      errors++;
    }
    if (data.RELAY_REPUBLISH_LONGEST_MS === void 0) {
      const err23 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "RELAY_REPUBLISH_LONGEST_MS" }, message: "must have required property 'RELAY_REPUBLISH_LONGEST_MS'" };
      if (vErrors === null) {
        vErrors = [err23];
      } else {
        vErrors.push(err23);
      }
      errors++;
    }
    if (data.EVENT_KEEP_DAYS === void 0) {
      const err24 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "EVENT_KEEP_DAYS" }, message: "must have required property 'EVENT_KEEP_DAYS'" };
      if (vErrors === null) {
        vErrors = [err24];
      } else {
        vErrors.push(err24);
      }
      errors++;
    }
    let data0 = data.STAGE;
    if (typeof data0 !== "string") {
      let dataType0 = typeof data0;
      let coerced0 = void 0;
      if (!(coerced0 !== void 0)) {
        if (dataType0 == "number" || dataType0 == "boolean") {
          coerced0 = "" + data0;
        } else if (data0 === null) {
          coerced0 = "";
        } else {
          const err25 = { instancePath: instancePath + "/STAGE", schemaPath: "#/properties/STAGE/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err25];
          } else {
            vErrors.push(err25);
          }
          errors++;
        }
      }
      if (coerced0 !== void 0) {
        data0 = coerced0;
        if (data !== void 0) {
          data["STAGE"] = coerced0;
        }
      }
    }
    if (typeof data0 === "string") {
      if (func1(data0) < 1) {
        const err26 = { instancePath: instancePath + "/STAGE", schemaPath: "#/properties/STAGE/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
        if (vErrors === null) {
          vErrors = [err26];
        } else {
          vErrors.push(err26);
        }
        errors++;
      }
    }
    if (data.USERS_DATABASE_URL !== void 0) {
      let data1 = data.USERS_DATABASE_URL;
      if (typeof data1 !== "string") {
        let dataType1 = typeof data1;
        let coerced1 = void 0;
        if (!(coerced1 !== void 0)) {
          if (dataType1 == "number" || dataType1 == "boolean") {
            coerced1 = "" + data1;
          } else if (data1 === null) {
            coerced1 = "";
          } else {
            const err27 = { instancePath: instancePath + "/USERS_DATABASE_URL", schemaPath: "#/properties/USERS_DATABASE_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
        if (coerced1 !== void 0) {
          data1 = coerced1;
          if (data !== void 0) {
            data["USERS_DATABASE_URL"] = coerced1;
          }
        }
      }
      if (typeof data1 === "string") {
        if (!pattern4.test(data1)) {
          const err28 = { instancePath: instancePath + "/USERS_DATABASE_URL", schemaPath: "#/properties/USERS_DATABASE_URL/pattern", keyword: "pattern", params: { pattern: "^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$" }, message: 'must match pattern "^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$"' };
          if (vErrors === null) {
            vErrors = [err28];
          } else {
            vErrors.push(err28);
          }
          errors++;
        }
      }
    }
    if (data.NOTIFICATIONS_DATABASE_URL !== void 0) {
      let data2 = data.NOTIFICATIONS_DATABASE_URL;
      if (typeof data2 !== "string") {
        let dataType2 = typeof data2;
        let coerced2 = void 0;
        if (!(coerced2 !== void 0)) {
          if (dataType2 == "number" || dataType2 == "boolean") {
            coerced2 = "" + data2;
          } else if (data2 === null) {
            coerced2 = "";
          } else {
            const err29 = { instancePath: instancePath + "/NOTIFICATIONS_DATABASE_URL", schemaPath: "#/properties/NOTIFICATIONS_DATABASE_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err29];
            } else {
              vErrors.push(err29);
            }
            errors++;
          }
        }
        if (coerced2 !== void 0) {
          data2 = coerced2;
          if (data !== void 0) {
            data["NOTIFICATIONS_DATABASE_URL"] = coerced2;
          }
        }
      }
      if (typeof data2 === "string") {
        if (!pattern4.test(data2)) {
          const err30 = { instancePath: instancePath + "/NOTIFICATIONS_DATABASE_URL", schemaPath: "#/properties/NOTIFICATIONS_DATABASE_URL/pattern", keyword: "pattern", params: { pattern: "^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$" }, message: 'must match pattern "^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$"' };
          if (vErrors === null) {
            vErrors = [err30];
          } else {
            vErrors.push(err30);
          }
          errors++;
        }
      }
    }
    if (data.REDIS_URL !== void 0) {
      let data3 = data.REDIS_URL;
      if (typeof data3 !== "string") {
        let dataType3 = typeof data3;
        let coerced3 = void 0;
        if (!(coerced3 !== void 0)) {
          if (dataType3 == "number" || dataType3 == "boolean") {
            coerced3 = "" + data3;
          } else if (data3 === null) {
            coerced3 = "";
          } else {
            const err31 = { instancePath: instancePath + "/REDIS_URL", schemaPath: "#/properties/REDIS_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err31];
            } else {
              vErrors.push(err31);
            }
            errors++;
          }
        }
        if (coerced3 !== void 0) {
          data3 = coerced3;
          if (data !== void 0) {
            data["REDIS_URL"] = coerced3;
          }
        }
      }
      if (typeof data3 === "string") {
        if (!pattern6.test(data3)) {
          const err32 = { instancePath: instancePath + "/REDIS_URL", schemaPath: "#/properties/REDIS_URL/pattern", keyword: "pattern", params: { pattern: "^rediss?://\\S+$" }, message: 'must match pattern "^rediss?://\\S+$"' };
          if (vErrors === null) {
            vErrors = [err32];
          } else {
            vErrors.push(err32);
          }
          errors++;
        }
      }
    }
    if (data.KAFKA_BROKERS !== void 0) {
      let data4 = data.KAFKA_BROKERS;
      if (typeof data4 !== "string") {
        let dataType4 = typeof data4;
        let coerced4 = void 0;
        if (!(coerced4 !== void 0)) {
          if (dataType4 == "number" || dataType4 == "boolean") {
            coerced4 = "" + data4;
          } else if (data4 === null) {
            coerced4 = "";
          } else {
            const err33 = { instancePath: instancePath + "/KAFKA_BROKERS", schemaPath: "#/properties/KAFKA_BROKERS/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err33];
            } else {
              vErrors.push(err33);
            }
            errors++;
          }
        }
        if (coerced4 !== void 0) {
          data4 = coerced4;
          if (data !== void 0) {
            data["KAFKA_BROKERS"] = coerced4;
          }
        }
      }
      if (typeof data4 === "string") {
        if (!pattern7.test(data4)) {
          const err34 = { instancePath: instancePath + "/KAFKA_BROKERS", schemaPath: "#/properties/KAFKA_BROKERS/pattern", keyword: "pattern", params: { pattern: "^[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*$" }, message: 'must match pattern "^[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*$"' };
          if (vErrors === null) {
            vErrors = [err34];
          } else {
            vErrors.push(err34);
          }
          errors++;
        }
      }
    }
    if (data.SMTP_URL !== void 0) {
      let data5 = data.SMTP_URL;
      if (typeof data5 !== "string") {
        let dataType5 = typeof data5;
        let coerced5 = void 0;
        if (!(coerced5 !== void 0)) {
          if (dataType5 == "number" || dataType5 == "boolean") {
            coerced5 = "" + data5;
          } else if (data5 === null) {
            coerced5 = "";
          } else {
            const err35 = { instancePath: instancePath + "/SMTP_URL", schemaPath: "#/properties/SMTP_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err35];
            } else {
              vErrors.push(err35);
            }
            errors++;
          }
        }
        if (coerced5 !== void 0) {
          data5 = coerced5;
          if (data !== void 0) {
            data["SMTP_URL"] = coerced5;
          }
        }
      }
      if (typeof data5 === "string") {
        if (!pattern8.test(data5)) {
          const err36 = { instancePath: instancePath + "/SMTP_URL", schemaPath: "#/properties/SMTP_URL/pattern", keyword: "pattern", params: { pattern: "^smtps?://\\S+$" }, message: 'must match pattern "^smtps?://\\S+$"' };
          if (vErrors === null) {
            vErrors = [err36];
          } else {
            vErrors.push(err36);
          }
          errors++;
        }
      }
    }
    if (data.USERS_BASE_URL !== void 0) {
      let data6 = data.USERS_BASE_URL;
      if (typeof data6 !== "string") {
        let dataType6 = typeof data6;
        let coerced6 = void 0;
        if (!(coerced6 !== void 0)) {
          if (dataType6 == "number" || dataType6 == "boolean") {
            coerced6 = "" + data6;
          } else if (data6 === null) {
            coerced6 = "";
          } else {
            const err37 = { instancePath: instancePath + "/USERS_BASE_URL", schemaPath: "#/properties/USERS_BASE_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err37];
            } else {
              vErrors.push(err37);
            }
            errors++;
          }
        }
        if (coerced6 !== void 0) {
          data6 = coerced6;
          if (data !== void 0) {
            data["USERS_BASE_URL"] = coerced6;
          }
        }
      }
      if (typeof data6 === "string") {
        if (!pattern9.test(data6)) {
          const err38 = { instancePath: instancePath + "/USERS_BASE_URL", schemaPath: "#/properties/USERS_BASE_URL/pattern", keyword: "pattern", params: { pattern: "^https?://\\S+$" }, message: 'must match pattern "^https?://\\S+$"' };
          if (vErrors === null) {
            vErrors = [err38];
          } else {
            vErrors.push(err38);
          }
          errors++;
        }
      }
    }
    if (data.MAIL_UI_URL !== void 0) {
      let data7 = data.MAIL_UI_URL;
      if (typeof data7 !== "string") {
        let dataType7 = typeof data7;
        let coerced7 = void 0;
        if (!(coerced7 !== void 0)) {
          if (dataType7 == "number" || dataType7 == "boolean") {
            coerced7 = "" + data7;
          } else if (data7 === null) {
            coerced7 = "";
          } else {
            const err39 = { instancePath: instancePath + "/MAIL_UI_URL", schemaPath: "#/properties/MAIL_UI_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err39];
            } else {
              vErrors.push(err39);
            }
            errors++;
          }
        }
        if (coerced7 !== void 0) {
          data7 = coerced7;
          if (data !== void 0) {
            data["MAIL_UI_URL"] = coerced7;
          }
        }
      }
      if (typeof data7 === "string") {
        if (!pattern9.test(data7)) {
          const err40 = { instancePath: instancePath + "/MAIL_UI_URL", schemaPath: "#/properties/MAIL_UI_URL/pattern", keyword: "pattern", params: { pattern: "^https?://\\S+$" }, message: 'must match pattern "^https?://\\S+$"' };
          if (vErrors === null) {
            vErrors = [err40];
          } else {
            vErrors.push(err40);
          }
          errors++;
        }
      }
    }
    if (data.KAFKA_METRICS_PORT !== void 0) {
      let data8 = data.KAFKA_METRICS_PORT;
      if (!(typeof data8 == "number" && (!(data8 % 1) && !isNaN(data8)) && isFinite(data8))) {
        let dataType8 = typeof data8;
        let coerced8 = void 0;
        if (!(coerced8 !== void 0)) {
          if (dataType8 === "boolean" || data8 === null || dataType8 === "string" && data8 && data8 == +data8 && !(data8 % 1)) {
            coerced8 = +data8;
          } else {
            const err41 = { instancePath: instancePath + "/KAFKA_METRICS_PORT", schemaPath: "#/properties/KAFKA_METRICS_PORT/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err41];
            } else {
              vErrors.push(err41);
            }
            errors++;
          }
        }
        if (coerced8 !== void 0) {
          data8 = coerced8;
          if (data !== void 0) {
            data["KAFKA_METRICS_PORT"] = coerced8;
          }
        }
      }
      if (typeof data8 == "number" && isFinite(data8)) {
        if (data8 > 65535 || isNaN(data8)) {
          const err42 = { instancePath: instancePath + "/KAFKA_METRICS_PORT", schemaPath: "#/properties/KAFKA_METRICS_PORT/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" };
          if (vErrors === null) {
            vErrors = [err42];
          } else {
            vErrors.push(err42);
          }
          errors++;
        }
        if (data8 < 1 || isNaN(data8)) {
          const err43 = { instancePath: instancePath + "/KAFKA_METRICS_PORT", schemaPath: "#/properties/KAFKA_METRICS_PORT/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err43];
          } else {
            vErrors.push(err43);
          }
          errors++;
        }
      }
    }
    let data9 = data.DATABASE_TLS;
    if (typeof data9 !== "string") {
      let dataType9 = typeof data9;
      let coerced9 = void 0;
      if (!(coerced9 !== void 0)) {
        if (dataType9 == "number" || dataType9 == "boolean") {
          coerced9 = "" + data9;
        } else if (data9 === null) {
          coerced9 = "";
        } else {
          const err44 = { instancePath: instancePath + "/DATABASE_TLS", schemaPath: "#/properties/DATABASE_TLS/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err44];
          } else {
            vErrors.push(err44);
          }
          errors++;
        }
      }
      if (coerced9 !== void 0) {
        data9 = coerced9;
        if (data !== void 0) {
          data["DATABASE_TLS"] = coerced9;
        }
      }
    }
    if (typeof data9 === "string") {
      if (!pattern11.test(data9)) {
        const err45 = { instancePath: instancePath + "/DATABASE_TLS", schemaPath: "#/properties/DATABASE_TLS/pattern", keyword: "pattern", params: { pattern: "^(auto|on|off)$" }, message: 'must match pattern "^(auto|on|off)$"' };
        if (vErrors === null) {
          vErrors = [err45];
        } else {
          vErrors.push(err45);
        }
        errors++;
      }
    }
    let data10 = data.KAFKA_TLS;
    if (typeof data10 !== "string") {
      let dataType10 = typeof data10;
      let coerced10 = void 0;
      if (!(coerced10 !== void 0)) {
        if (dataType10 == "number" || dataType10 == "boolean") {
          coerced10 = "" + data10;
        } else if (data10 === null) {
          coerced10 = "";
        } else {
          const err46 = { instancePath: instancePath + "/KAFKA_TLS", schemaPath: "#/properties/KAFKA_TLS/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err46];
          } else {
            vErrors.push(err46);
          }
          errors++;
        }
      }
      if (coerced10 !== void 0) {
        data10 = coerced10;
        if (data !== void 0) {
          data["KAFKA_TLS"] = coerced10;
        }
      }
    }
    if (typeof data10 === "string") {
      if (!pattern11.test(data10)) {
        const err47 = { instancePath: instancePath + "/KAFKA_TLS", schemaPath: "#/properties/KAFKA_TLS/pattern", keyword: "pattern", params: { pattern: "^(auto|on|off)$" }, message: 'must match pattern "^(auto|on|off)$"' };
        if (vErrors === null) {
          vErrors = [err47];
        } else {
          vErrors.push(err47);
        }
        errors++;
      }
    }
    let data11 = data.REDIS_TLS;
    if (typeof data11 !== "string") {
      let dataType11 = typeof data11;
      let coerced11 = void 0;
      if (!(coerced11 !== void 0)) {
        if (dataType11 == "number" || dataType11 == "boolean") {
          coerced11 = "" + data11;
        } else if (data11 === null) {
          coerced11 = "";
        } else {
          const err48 = { instancePath: instancePath + "/REDIS_TLS", schemaPath: "#/properties/REDIS_TLS/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err48];
          } else {
            vErrors.push(err48);
          }
          errors++;
        }
      }
      if (coerced11 !== void 0) {
        data11 = coerced11;
        if (data !== void 0) {
          data["REDIS_TLS"] = coerced11;
        }
      }
    }
    if (typeof data11 === "string") {
      if (!pattern11.test(data11)) {
        const err49 = { instancePath: instancePath + "/REDIS_TLS", schemaPath: "#/properties/REDIS_TLS/pattern", keyword: "pattern", params: { pattern: "^(auto|on|off)$" }, message: 'must match pattern "^(auto|on|off)$"' };
        if (vErrors === null) {
          vErrors = [err49];
        } else {
          vErrors.push(err49);
        }
        errors++;
      }
    }
    let data12 = data.SMTP_TLS;
    if (typeof data12 !== "string") {
      let dataType12 = typeof data12;
      let coerced12 = void 0;
      if (!(coerced12 !== void 0)) {
        if (dataType12 == "number" || dataType12 == "boolean") {
          coerced12 = "" + data12;
        } else if (data12 === null) {
          coerced12 = "";
        } else {
          const err50 = { instancePath: instancePath + "/SMTP_TLS", schemaPath: "#/properties/SMTP_TLS/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err50];
          } else {
            vErrors.push(err50);
          }
          errors++;
        }
      }
      if (coerced12 !== void 0) {
        data12 = coerced12;
        if (data !== void 0) {
          data["SMTP_TLS"] = coerced12;
        }
      }
    }
    if (typeof data12 === "string") {
      if (!pattern11.test(data12)) {
        const err51 = { instancePath: instancePath + "/SMTP_TLS", schemaPath: "#/properties/SMTP_TLS/pattern", keyword: "pattern", params: { pattern: "^(auto|on|off)$" }, message: 'must match pattern "^(auto|on|off)$"' };
        if (vErrors === null) {
          vErrors = [err51];
        } else {
          vErrors.push(err51);
        }
        errors++;
      }
    }
    if (data.TLS_CA !== void 0) {
      let data13 = data.TLS_CA;
      if (typeof data13 !== "string") {
        let dataType13 = typeof data13;
        let coerced13 = void 0;
        if (!(coerced13 !== void 0)) {
          if (dataType13 == "number" || dataType13 == "boolean") {
            coerced13 = "" + data13;
          } else if (data13 === null) {
            coerced13 = "";
          } else {
            const err52 = { instancePath: instancePath + "/TLS_CA", schemaPath: "#/properties/TLS_CA/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err52];
            } else {
              vErrors.push(err52);
            }
            errors++;
          }
        }
        if (coerced13 !== void 0) {
          data13 = coerced13;
          if (data !== void 0) {
            data["TLS_CA"] = coerced13;
          }
        }
      }
      if (typeof data13 === "string") {
        if (!pattern15.test(data13)) {
          const err53 = { instancePath: instancePath + "/TLS_CA", schemaPath: "#/properties/TLS_CA/pattern", keyword: "pattern", params: { pattern: "-----BEGIN CERTIFICATE-----" }, message: 'must match pattern "-----BEGIN CERTIFICATE-----"' };
          if (vErrors === null) {
            vErrors = [err53];
          } else {
            vErrors.push(err53);
          }
          errors++;
        }
      }
    }
    let data14 = data.KAFKA_SASL_MECHANISM;
    if (typeof data14 !== "string") {
      let dataType14 = typeof data14;
      let coerced14 = void 0;
      if (!(coerced14 !== void 0)) {
        if (dataType14 == "number" || dataType14 == "boolean") {
          coerced14 = "" + data14;
        } else if (data14 === null) {
          coerced14 = "";
        } else {
          const err54 = { instancePath: instancePath + "/KAFKA_SASL_MECHANISM", schemaPath: "#/properties/KAFKA_SASL_MECHANISM/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err54];
          } else {
            vErrors.push(err54);
          }
          errors++;
        }
      }
      if (coerced14 !== void 0) {
        data14 = coerced14;
        if (data !== void 0) {
          data["KAFKA_SASL_MECHANISM"] = coerced14;
        }
      }
    }
    if (typeof data14 === "string") {
      if (!pattern16.test(data14)) {
        const err55 = { instancePath: instancePath + "/KAFKA_SASL_MECHANISM", schemaPath: "#/properties/KAFKA_SASL_MECHANISM/pattern", keyword: "pattern", params: { pattern: "^(plain|scram-sha-256|scram-sha-512|certificate)$" }, message: 'must match pattern "^(plain|scram-sha-256|scram-sha-512|certificate)$"' };
        if (vErrors === null) {
          vErrors = [err55];
        } else {
          vErrors.push(err55);
        }
        errors++;
      }
    }
    if (data.KAFKA_CREDENTIALS !== void 0) {
      let data15 = data.KAFKA_CREDENTIALS;
      if (typeof data15 !== "string") {
        let dataType15 = typeof data15;
        let coerced15 = void 0;
        if (!(coerced15 !== void 0)) {
          if (dataType15 == "number" || dataType15 == "boolean") {
            coerced15 = "" + data15;
          } else if (data15 === null) {
            coerced15 = "";
          } else {
            const err56 = { instancePath: instancePath + "/KAFKA_CREDENTIALS", schemaPath: "#/properties/KAFKA_CREDENTIALS/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err56];
            } else {
              vErrors.push(err56);
            }
            errors++;
          }
        }
        if (coerced15 !== void 0) {
          data15 = coerced15;
          if (data !== void 0) {
            data["KAFKA_CREDENTIALS"] = coerced15;
          }
        }
      }
      if (typeof data15 === "string") {
        if (!pattern17.test(data15)) {
          const err57 = { instancePath: instancePath + "/KAFKA_CREDENTIALS", schemaPath: "#/properties/KAFKA_CREDENTIALS/pattern", keyword: "pattern", params: { pattern: "^\\s*\\{" }, message: 'must match pattern "^\\s*\\{"' };
          if (vErrors === null) {
            vErrors = [err57];
          } else {
            vErrors.push(err57);
          }
          errors++;
        }
      }
    }
    let data16 = data.HTTP_PORT;
    if (!(typeof data16 == "number" && (!(data16 % 1) && !isNaN(data16)) && isFinite(data16))) {
      let dataType16 = typeof data16;
      let coerced16 = void 0;
      if (!(coerced16 !== void 0)) {
        if (dataType16 === "boolean" || data16 === null || dataType16 === "string" && data16 && data16 == +data16 && !(data16 % 1)) {
          coerced16 = +data16;
        } else {
          const err58 = { instancePath: instancePath + "/HTTP_PORT", schemaPath: "#/properties/HTTP_PORT/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err58];
          } else {
            vErrors.push(err58);
          }
          errors++;
        }
      }
      if (coerced16 !== void 0) {
        data16 = coerced16;
        if (data !== void 0) {
          data["HTTP_PORT"] = coerced16;
        }
      }
    }
    if (typeof data16 == "number" && isFinite(data16)) {
      if (data16 > 65535 || isNaN(data16)) {
        const err59 = { instancePath: instancePath + "/HTTP_PORT", schemaPath: "#/properties/HTTP_PORT/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" };
        if (vErrors === null) {
          vErrors = [err59];
        } else {
          vErrors.push(err59);
        }
        errors++;
      }
      if (data16 < 1 || isNaN(data16)) {
        const err60 = { instancePath: instancePath + "/HTTP_PORT", schemaPath: "#/properties/HTTP_PORT/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err60];
        } else {
          vErrors.push(err60);
        }
        errors++;
      }
    }
    let data17 = data.MAIL_FROM;
    if (typeof data17 !== "string") {
      let dataType17 = typeof data17;
      let coerced17 = void 0;
      if (!(coerced17 !== void 0)) {
        if (dataType17 == "number" || dataType17 == "boolean") {
          coerced17 = "" + data17;
        } else if (data17 === null) {
          coerced17 = "";
        } else {
          const err61 = { instancePath: instancePath + "/MAIL_FROM", schemaPath: "#/properties/MAIL_FROM/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err61];
          } else {
            vErrors.push(err61);
          }
          errors++;
        }
      }
      if (coerced17 !== void 0) {
        data17 = coerced17;
        if (data !== void 0) {
          data["MAIL_FROM"] = coerced17;
        }
      }
    }
    if (typeof data17 === "string") {
      if (!pattern18.test(data17)) {
        const err62 = { instancePath: instancePath + "/MAIL_FROM", schemaPath: "#/properties/MAIL_FROM/pattern", keyword: "pattern", params: { pattern: "^[^\\r\\n]+@[^\\r\\n]+$" }, message: 'must match pattern "^[^\\r\\n]+@[^\\r\\n]+$"' };
        if (vErrors === null) {
          vErrors = [err62];
        } else {
          vErrors.push(err62);
        }
        errors++;
      }
    }
    if (data.OPERATOR_TOKEN !== void 0) {
      let data18 = data.OPERATOR_TOKEN;
      if (typeof data18 !== "string") {
        let dataType18 = typeof data18;
        let coerced18 = void 0;
        if (!(coerced18 !== void 0)) {
          if (dataType18 == "number" || dataType18 == "boolean") {
            coerced18 = "" + data18;
          } else if (data18 === null) {
            coerced18 = "";
          } else {
            const err63 = { instancePath: instancePath + "/OPERATOR_TOKEN", schemaPath: "#/properties/OPERATOR_TOKEN/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err63];
            } else {
              vErrors.push(err63);
            }
            errors++;
          }
        }
        if (coerced18 !== void 0) {
          data18 = coerced18;
          if (data !== void 0) {
            data["OPERATOR_TOKEN"] = coerced18;
          }
        }
      }
      if (typeof data18 === "string") {
        if (!pattern19.test(data18)) {
          const err64 = { instancePath: instancePath + "/OPERATOR_TOKEN", schemaPath: "#/properties/OPERATOR_TOKEN/pattern", keyword: "pattern", params: { pattern: "^(sha256:[0-9a-fA-F]{64}|(?!sha256:)[^\\s,]{8,})(,(sha256:[0-9a-fA-F]{64}|(?!sha256:)[^\\s,]{8,}))*$" }, message: 'must match pattern "^(sha256:[0-9a-fA-F]{64}|(?!sha256:)[^\\s,]{8,})(,(sha256:[0-9a-fA-F]{64}|(?!sha256:)[^\\s,]{8,}))*$"' };
          if (vErrors === null) {
            vErrors = [err64];
          } else {
            vErrors.push(err64);
          }
          errors++;
        }
      }
    }
    if (data.CORS_ORIGINS !== void 0) {
      let data19 = data.CORS_ORIGINS;
      if (typeof data19 !== "string") {
        let dataType19 = typeof data19;
        let coerced19 = void 0;
        if (!(coerced19 !== void 0)) {
          if (dataType19 == "number" || dataType19 == "boolean") {
            coerced19 = "" + data19;
          } else if (data19 === null) {
            coerced19 = "";
          } else {
            const err65 = { instancePath: instancePath + "/CORS_ORIGINS", schemaPath: "#/properties/CORS_ORIGINS/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err65];
            } else {
              vErrors.push(err65);
            }
            errors++;
          }
        }
        if (coerced19 !== void 0) {
          data19 = coerced19;
          if (data !== void 0) {
            data["CORS_ORIGINS"] = coerced19;
          }
        }
      }
      if (typeof data19 === "string") {
        if (!pattern20.test(data19)) {
          const err66 = { instancePath: instancePath + "/CORS_ORIGINS", schemaPath: "#/properties/CORS_ORIGINS/pattern", keyword: "pattern", params: { pattern: "^(\\*|https?://[^\\s,/]+(,https?://[^\\s,/]+)*)$" }, message: 'must match pattern "^(\\*|https?://[^\\s,/]+(,https?://[^\\s,/]+)*)$"' };
          if (vErrors === null) {
            vErrors = [err66];
          } else {
            vErrors.push(err66);
          }
          errors++;
        }
      }
    }
    if (data.IDEMPOTENCY_SECRET !== void 0) {
      let data20 = data.IDEMPOTENCY_SECRET;
      if (typeof data20 !== "string") {
        let dataType20 = typeof data20;
        let coerced20 = void 0;
        if (!(coerced20 !== void 0)) {
          if (dataType20 == "number" || dataType20 == "boolean") {
            coerced20 = "" + data20;
          } else if (data20 === null) {
            coerced20 = "";
          } else {
            const err67 = { instancePath: instancePath + "/IDEMPOTENCY_SECRET", schemaPath: "#/properties/IDEMPOTENCY_SECRET/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err67];
            } else {
              vErrors.push(err67);
            }
            errors++;
          }
        }
        if (coerced20 !== void 0) {
          data20 = coerced20;
          if (data !== void 0) {
            data["IDEMPOTENCY_SECRET"] = coerced20;
          }
        }
      }
      if (typeof data20 === "string") {
        if (!pattern21.test(data20)) {
          const err68 = { instancePath: instancePath + "/IDEMPOTENCY_SECRET", schemaPath: "#/properties/IDEMPOTENCY_SECRET/pattern", keyword: "pattern", params: { pattern: "^[^\\s,]{16,}(,[^\\s,]{16,})*$" }, message: 'must match pattern "^[^\\s,]{16,}(,[^\\s,]{16,})*$"' };
          if (vErrors === null) {
            vErrors = [err68];
          } else {
            vErrors.push(err68);
          }
          errors++;
        }
      }
    }
    if (data.RATE_LIMIT_SIGN_UP_PER_IP !== void 0) {
      let data21 = data.RATE_LIMIT_SIGN_UP_PER_IP;
      if (!(typeof data21 == "number" && (!(data21 % 1) && !isNaN(data21)) && isFinite(data21))) {
        let dataType21 = typeof data21;
        let coerced21 = void 0;
        if (!(coerced21 !== void 0)) {
          if (dataType21 === "boolean" || data21 === null || dataType21 === "string" && data21 && data21 == +data21 && !(data21 % 1)) {
            coerced21 = +data21;
          } else {
            const err69 = { instancePath: instancePath + "/RATE_LIMIT_SIGN_UP_PER_IP", schemaPath: "#/properties/RATE_LIMIT_SIGN_UP_PER_IP/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err69];
            } else {
              vErrors.push(err69);
            }
            errors++;
          }
        }
        if (coerced21 !== void 0) {
          data21 = coerced21;
          if (data !== void 0) {
            data["RATE_LIMIT_SIGN_UP_PER_IP"] = coerced21;
          }
        }
      }
      if (typeof data21 == "number" && isFinite(data21)) {
        if (data21 > 1e6 || isNaN(data21)) {
          const err70 = { instancePath: instancePath + "/RATE_LIMIT_SIGN_UP_PER_IP", schemaPath: "#/properties/RATE_LIMIT_SIGN_UP_PER_IP/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e6 }, message: "must be <= 1000000" };
          if (vErrors === null) {
            vErrors = [err70];
          } else {
            vErrors.push(err70);
          }
          errors++;
        }
        if (data21 < 0 || isNaN(data21)) {
          const err71 = { instancePath: instancePath + "/RATE_LIMIT_SIGN_UP_PER_IP", schemaPath: "#/properties/RATE_LIMIT_SIGN_UP_PER_IP/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err71];
          } else {
            vErrors.push(err71);
          }
          errors++;
        }
      }
    }
    if (data.RATE_LIMIT_PASSWORD_PER_IP !== void 0) {
      let data22 = data.RATE_LIMIT_PASSWORD_PER_IP;
      if (!(typeof data22 == "number" && (!(data22 % 1) && !isNaN(data22)) && isFinite(data22))) {
        let dataType22 = typeof data22;
        let coerced22 = void 0;
        if (!(coerced22 !== void 0)) {
          if (dataType22 === "boolean" || data22 === null || dataType22 === "string" && data22 && data22 == +data22 && !(data22 % 1)) {
            coerced22 = +data22;
          } else {
            const err72 = { instancePath: instancePath + "/RATE_LIMIT_PASSWORD_PER_IP", schemaPath: "#/properties/RATE_LIMIT_PASSWORD_PER_IP/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err72];
            } else {
              vErrors.push(err72);
            }
            errors++;
          }
        }
        if (coerced22 !== void 0) {
          data22 = coerced22;
          if (data !== void 0) {
            data["RATE_LIMIT_PASSWORD_PER_IP"] = coerced22;
          }
        }
      }
      if (typeof data22 == "number" && isFinite(data22)) {
        if (data22 > 1e6 || isNaN(data22)) {
          const err73 = { instancePath: instancePath + "/RATE_LIMIT_PASSWORD_PER_IP", schemaPath: "#/properties/RATE_LIMIT_PASSWORD_PER_IP/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e6 }, message: "must be <= 1000000" };
          if (vErrors === null) {
            vErrors = [err73];
          } else {
            vErrors.push(err73);
          }
          errors++;
        }
        if (data22 < 0 || isNaN(data22)) {
          const err74 = { instancePath: instancePath + "/RATE_LIMIT_PASSWORD_PER_IP", schemaPath: "#/properties/RATE_LIMIT_PASSWORD_PER_IP/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err74];
          } else {
            vErrors.push(err74);
          }
          errors++;
        }
      }
    }
    if (data.RATE_LIMIT_PASSWORD_PER_USER !== void 0) {
      let data23 = data.RATE_LIMIT_PASSWORD_PER_USER;
      if (!(typeof data23 == "number" && (!(data23 % 1) && !isNaN(data23)) && isFinite(data23))) {
        let dataType23 = typeof data23;
        let coerced23 = void 0;
        if (!(coerced23 !== void 0)) {
          if (dataType23 === "boolean" || data23 === null || dataType23 === "string" && data23 && data23 == +data23 && !(data23 % 1)) {
            coerced23 = +data23;
          } else {
            const err75 = { instancePath: instancePath + "/RATE_LIMIT_PASSWORD_PER_USER", schemaPath: "#/properties/RATE_LIMIT_PASSWORD_PER_USER/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err75];
            } else {
              vErrors.push(err75);
            }
            errors++;
          }
        }
        if (coerced23 !== void 0) {
          data23 = coerced23;
          if (data !== void 0) {
            data["RATE_LIMIT_PASSWORD_PER_USER"] = coerced23;
          }
        }
      }
      if (typeof data23 == "number" && isFinite(data23)) {
        if (data23 > 1e6 || isNaN(data23)) {
          const err76 = { instancePath: instancePath + "/RATE_LIMIT_PASSWORD_PER_USER", schemaPath: "#/properties/RATE_LIMIT_PASSWORD_PER_USER/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e6 }, message: "must be <= 1000000" };
          if (vErrors === null) {
            vErrors = [err76];
          } else {
            vErrors.push(err76);
          }
          errors++;
        }
        if (data23 < 0 || isNaN(data23)) {
          const err77 = { instancePath: instancePath + "/RATE_LIMIT_PASSWORD_PER_USER", schemaPath: "#/properties/RATE_LIMIT_PASSWORD_PER_USER/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err77];
          } else {
            vErrors.push(err77);
          }
          errors++;
        }
      }
    }
    if (data.RATE_LIMIT_MAILS_PER_ADDRESS !== void 0) {
      let data24 = data.RATE_LIMIT_MAILS_PER_ADDRESS;
      if (!(typeof data24 == "number" && (!(data24 % 1) && !isNaN(data24)) && isFinite(data24))) {
        let dataType24 = typeof data24;
        let coerced24 = void 0;
        if (!(coerced24 !== void 0)) {
          if (dataType24 === "boolean" || data24 === null || dataType24 === "string" && data24 && data24 == +data24 && !(data24 % 1)) {
            coerced24 = +data24;
          } else {
            const err78 = { instancePath: instancePath + "/RATE_LIMIT_MAILS_PER_ADDRESS", schemaPath: "#/properties/RATE_LIMIT_MAILS_PER_ADDRESS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err78];
            } else {
              vErrors.push(err78);
            }
            errors++;
          }
        }
        if (coerced24 !== void 0) {
          data24 = coerced24;
          if (data !== void 0) {
            data["RATE_LIMIT_MAILS_PER_ADDRESS"] = coerced24;
          }
        }
      }
      if (typeof data24 == "number" && isFinite(data24)) {
        if (data24 > 1e6 || isNaN(data24)) {
          const err79 = { instancePath: instancePath + "/RATE_LIMIT_MAILS_PER_ADDRESS", schemaPath: "#/properties/RATE_LIMIT_MAILS_PER_ADDRESS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e6 }, message: "must be <= 1000000" };
          if (vErrors === null) {
            vErrors = [err79];
          } else {
            vErrors.push(err79);
          }
          errors++;
        }
        if (data24 < 0 || isNaN(data24)) {
          const err80 = { instancePath: instancePath + "/RATE_LIMIT_MAILS_PER_ADDRESS", schemaPath: "#/properties/RATE_LIMIT_MAILS_PER_ADDRESS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err80];
          } else {
            vErrors.push(err80);
          }
          errors++;
        }
      }
    }
    if (data.RATE_LIMIT_ADDRESS_CHANGES_PER_USER !== void 0) {
      let data25 = data.RATE_LIMIT_ADDRESS_CHANGES_PER_USER;
      if (!(typeof data25 == "number" && (!(data25 % 1) && !isNaN(data25)) && isFinite(data25))) {
        let dataType25 = typeof data25;
        let coerced25 = void 0;
        if (!(coerced25 !== void 0)) {
          if (dataType25 === "boolean" || data25 === null || dataType25 === "string" && data25 && data25 == +data25 && !(data25 % 1)) {
            coerced25 = +data25;
          } else {
            const err81 = { instancePath: instancePath + "/RATE_LIMIT_ADDRESS_CHANGES_PER_USER", schemaPath: "#/properties/RATE_LIMIT_ADDRESS_CHANGES_PER_USER/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err81];
            } else {
              vErrors.push(err81);
            }
            errors++;
          }
        }
        if (coerced25 !== void 0) {
          data25 = coerced25;
          if (data !== void 0) {
            data["RATE_LIMIT_ADDRESS_CHANGES_PER_USER"] = coerced25;
          }
        }
      }
      if (typeof data25 == "number" && isFinite(data25)) {
        if (data25 > 1e6 || isNaN(data25)) {
          const err82 = { instancePath: instancePath + "/RATE_LIMIT_ADDRESS_CHANGES_PER_USER", schemaPath: "#/properties/RATE_LIMIT_ADDRESS_CHANGES_PER_USER/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e6 }, message: "must be <= 1000000" };
          if (vErrors === null) {
            vErrors = [err82];
          } else {
            vErrors.push(err82);
          }
          errors++;
        }
        if (data25 < 0 || isNaN(data25)) {
          const err83 = { instancePath: instancePath + "/RATE_LIMIT_ADDRESS_CHANGES_PER_USER", schemaPath: "#/properties/RATE_LIMIT_ADDRESS_CHANGES_PER_USER/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err83];
          } else {
            vErrors.push(err83);
          }
          errors++;
        }
      }
    }
    if (data.PASSWORD_FAILURES_FREE !== void 0) {
      let data26 = data.PASSWORD_FAILURES_FREE;
      if (!(typeof data26 == "number" && (!(data26 % 1) && !isNaN(data26)) && isFinite(data26))) {
        let dataType26 = typeof data26;
        let coerced26 = void 0;
        if (!(coerced26 !== void 0)) {
          if (dataType26 === "boolean" || data26 === null || dataType26 === "string" && data26 && data26 == +data26 && !(data26 % 1)) {
            coerced26 = +data26;
          } else {
            const err84 = { instancePath: instancePath + "/PASSWORD_FAILURES_FREE", schemaPath: "#/properties/PASSWORD_FAILURES_FREE/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err84];
            } else {
              vErrors.push(err84);
            }
            errors++;
          }
        }
        if (coerced26 !== void 0) {
          data26 = coerced26;
          if (data !== void 0) {
            data["PASSWORD_FAILURES_FREE"] = coerced26;
          }
        }
      }
      if (typeof data26 == "number" && isFinite(data26)) {
        if (data26 > 1e6 || isNaN(data26)) {
          const err85 = { instancePath: instancePath + "/PASSWORD_FAILURES_FREE", schemaPath: "#/properties/PASSWORD_FAILURES_FREE/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e6 }, message: "must be <= 1000000" };
          if (vErrors === null) {
            vErrors = [err85];
          } else {
            vErrors.push(err85);
          }
          errors++;
        }
        if (data26 < 0 || isNaN(data26)) {
          const err86 = { instancePath: instancePath + "/PASSWORD_FAILURES_FREE", schemaPath: "#/properties/PASSWORD_FAILURES_FREE/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err86];
          } else {
            vErrors.push(err86);
          }
          errors++;
        }
      }
    }
    let data27 = data.RATE_LIMIT_WINDOW_SECONDS;
    if (!(typeof data27 == "number" && (!(data27 % 1) && !isNaN(data27)) && isFinite(data27))) {
      let dataType27 = typeof data27;
      let coerced27 = void 0;
      if (!(coerced27 !== void 0)) {
        if (dataType27 === "boolean" || data27 === null || dataType27 === "string" && data27 && data27 == +data27 && !(data27 % 1)) {
          coerced27 = +data27;
        } else {
          const err87 = { instancePath: instancePath + "/RATE_LIMIT_WINDOW_SECONDS", schemaPath: "#/properties/RATE_LIMIT_WINDOW_SECONDS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err87];
          } else {
            vErrors.push(err87);
          }
          errors++;
        }
      }
      if (coerced27 !== void 0) {
        data27 = coerced27;
        if (data !== void 0) {
          data["RATE_LIMIT_WINDOW_SECONDS"] = coerced27;
        }
      }
    }
    if (typeof data27 == "number" && isFinite(data27)) {
      if (data27 > 86400 || isNaN(data27)) {
        const err88 = { instancePath: instancePath + "/RATE_LIMIT_WINDOW_SECONDS", schemaPath: "#/properties/RATE_LIMIT_WINDOW_SECONDS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 86400 }, message: "must be <= 86400" };
        if (vErrors === null) {
          vErrors = [err88];
        } else {
          vErrors.push(err88);
        }
        errors++;
      }
      if (data27 < 1 || isNaN(data27)) {
        const err89 = { instancePath: instancePath + "/RATE_LIMIT_WINDOW_SECONDS", schemaPath: "#/properties/RATE_LIMIT_WINDOW_SECONDS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err89];
        } else {
          vErrors.push(err89);
        }
        errors++;
      }
    }
    let data28 = data.TOPIC_PREFIX;
    if (typeof data28 !== "string") {
      let dataType28 = typeof data28;
      let coerced28 = void 0;
      if (!(coerced28 !== void 0)) {
        if (dataType28 == "number" || dataType28 == "boolean") {
          coerced28 = "" + data28;
        } else if (data28 === null) {
          coerced28 = "";
        } else {
          const err90 = { instancePath: instancePath + "/TOPIC_PREFIX", schemaPath: "#/properties/TOPIC_PREFIX/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err90];
          } else {
            vErrors.push(err90);
          }
          errors++;
        }
      }
      if (coerced28 !== void 0) {
        data28 = coerced28;
        if (data !== void 0) {
          data["TOPIC_PREFIX"] = coerced28;
        }
      }
    }
    if (typeof data28 === "string") {
      if (!pattern22.test(data28)) {
        const err91 = { instancePath: instancePath + "/TOPIC_PREFIX", schemaPath: "#/properties/TOPIC_PREFIX/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9._-]*$" }, message: 'must match pattern "^[A-Za-z0-9._-]*$"' };
        if (vErrors === null) {
          vErrors = [err91];
        } else {
          vErrors.push(err91);
        }
        errors++;
      }
    }
    let data29 = data.KAFKA_REPLICATION_FACTOR;
    if (!(typeof data29 == "number" && (!(data29 % 1) && !isNaN(data29)) && isFinite(data29))) {
      let dataType29 = typeof data29;
      let coerced29 = void 0;
      if (!(coerced29 !== void 0)) {
        if (dataType29 === "boolean" || data29 === null || dataType29 === "string" && data29 && data29 == +data29 && !(data29 % 1)) {
          coerced29 = +data29;
        } else {
          const err92 = { instancePath: instancePath + "/KAFKA_REPLICATION_FACTOR", schemaPath: "#/properties/KAFKA_REPLICATION_FACTOR/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err92];
          } else {
            vErrors.push(err92);
          }
          errors++;
        }
      }
      if (coerced29 !== void 0) {
        data29 = coerced29;
        if (data !== void 0) {
          data["KAFKA_REPLICATION_FACTOR"] = coerced29;
        }
      }
    }
    if (typeof data29 == "number" && isFinite(data29)) {
      if (data29 > 32767 || isNaN(data29)) {
        const err93 = { instancePath: instancePath + "/KAFKA_REPLICATION_FACTOR", schemaPath: "#/properties/KAFKA_REPLICATION_FACTOR/maximum", keyword: "maximum", params: { comparison: "<=", limit: 32767 }, message: "must be <= 32767" };
        if (vErrors === null) {
          vErrors = [err93];
        } else {
          vErrors.push(err93);
        }
        errors++;
      }
      if (data29 < 1 || isNaN(data29)) {
        const err94 = { instancePath: instancePath + "/KAFKA_REPLICATION_FACTOR", schemaPath: "#/properties/KAFKA_REPLICATION_FACTOR/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err94];
        } else {
          vErrors.push(err94);
        }
        errors++;
      }
    }
    let data30 = data.KAFKA_MIN_INSYNC_REPLICAS;
    if (!(typeof data30 == "number" && (!(data30 % 1) && !isNaN(data30)) && isFinite(data30))) {
      let dataType30 = typeof data30;
      let coerced30 = void 0;
      if (!(coerced30 !== void 0)) {
        if (dataType30 === "boolean" || data30 === null || dataType30 === "string" && data30 && data30 == +data30 && !(data30 % 1)) {
          coerced30 = +data30;
        } else {
          const err95 = { instancePath: instancePath + "/KAFKA_MIN_INSYNC_REPLICAS", schemaPath: "#/properties/KAFKA_MIN_INSYNC_REPLICAS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err95];
          } else {
            vErrors.push(err95);
          }
          errors++;
        }
      }
      if (coerced30 !== void 0) {
        data30 = coerced30;
        if (data !== void 0) {
          data["KAFKA_MIN_INSYNC_REPLICAS"] = coerced30;
        }
      }
    }
    if (typeof data30 == "number" && isFinite(data30)) {
      if (data30 > 32767 || isNaN(data30)) {
        const err96 = { instancePath: instancePath + "/KAFKA_MIN_INSYNC_REPLICAS", schemaPath: "#/properties/KAFKA_MIN_INSYNC_REPLICAS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 32767 }, message: "must be <= 32767" };
        if (vErrors === null) {
          vErrors = [err96];
        } else {
          vErrors.push(err96);
        }
        errors++;
      }
      if (data30 < 1 || isNaN(data30)) {
        const err97 = { instancePath: instancePath + "/KAFKA_MIN_INSYNC_REPLICAS", schemaPath: "#/properties/KAFKA_MIN_INSYNC_REPLICAS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err97];
        } else {
          vErrors.push(err97);
        }
        errors++;
      }
    }
    let data31 = data.DATABASE_POOL_SIZE;
    if (!(typeof data31 == "number" && (!(data31 % 1) && !isNaN(data31)) && isFinite(data31))) {
      let dataType31 = typeof data31;
      let coerced31 = void 0;
      if (!(coerced31 !== void 0)) {
        if (dataType31 === "boolean" || data31 === null || dataType31 === "string" && data31 && data31 == +data31 && !(data31 % 1)) {
          coerced31 = +data31;
        } else {
          const err98 = { instancePath: instancePath + "/DATABASE_POOL_SIZE", schemaPath: "#/properties/DATABASE_POOL_SIZE/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err98];
          } else {
            vErrors.push(err98);
          }
          errors++;
        }
      }
      if (coerced31 !== void 0) {
        data31 = coerced31;
        if (data !== void 0) {
          data["DATABASE_POOL_SIZE"] = coerced31;
        }
      }
    }
    if (typeof data31 == "number" && isFinite(data31)) {
      if (data31 > 500 || isNaN(data31)) {
        const err99 = { instancePath: instancePath + "/DATABASE_POOL_SIZE", schemaPath: "#/properties/DATABASE_POOL_SIZE/maximum", keyword: "maximum", params: { comparison: "<=", limit: 500 }, message: "must be <= 500" };
        if (vErrors === null) {
          vErrors = [err99];
        } else {
          vErrors.push(err99);
        }
        errors++;
      }
      if (data31 < 1 || isNaN(data31)) {
        const err100 = { instancePath: instancePath + "/DATABASE_POOL_SIZE", schemaPath: "#/properties/DATABASE_POOL_SIZE/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err100];
        } else {
          vErrors.push(err100);
        }
        errors++;
      }
    }
    let data32 = data.SMTP_CONNECTIONS;
    if (!(typeof data32 == "number" && (!(data32 % 1) && !isNaN(data32)) && isFinite(data32))) {
      let dataType32 = typeof data32;
      let coerced32 = void 0;
      if (!(coerced32 !== void 0)) {
        if (dataType32 === "boolean" || data32 === null || dataType32 === "string" && data32 && data32 == +data32 && !(data32 % 1)) {
          coerced32 = +data32;
        } else {
          const err101 = { instancePath: instancePath + "/SMTP_CONNECTIONS", schemaPath: "#/properties/SMTP_CONNECTIONS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err101];
          } else {
            vErrors.push(err101);
          }
          errors++;
        }
      }
      if (coerced32 !== void 0) {
        data32 = coerced32;
        if (data !== void 0) {
          data["SMTP_CONNECTIONS"] = coerced32;
        }
      }
    }
    if (typeof data32 == "number" && isFinite(data32)) {
      if (data32 > 100 || isNaN(data32)) {
        const err102 = { instancePath: instancePath + "/SMTP_CONNECTIONS", schemaPath: "#/properties/SMTP_CONNECTIONS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 100 }, message: "must be <= 100" };
        if (vErrors === null) {
          vErrors = [err102];
        } else {
          vErrors.push(err102);
        }
        errors++;
      }
      if (data32 < 1 || isNaN(data32)) {
        const err103 = { instancePath: instancePath + "/SMTP_CONNECTIONS", schemaPath: "#/properties/SMTP_CONNECTIONS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err103];
        } else {
          vErrors.push(err103);
        }
        errors++;
      }
    }
    let data33 = data.PASSWORD_HASH_MEMORY_KIB;
    if (!(typeof data33 == "number" && (!(data33 % 1) && !isNaN(data33)) && isFinite(data33))) {
      let dataType33 = typeof data33;
      let coerced33 = void 0;
      if (!(coerced33 !== void 0)) {
        if (dataType33 === "boolean" || data33 === null || dataType33 === "string" && data33 && data33 == +data33 && !(data33 % 1)) {
          coerced33 = +data33;
        } else {
          const err104 = { instancePath: instancePath + "/PASSWORD_HASH_MEMORY_KIB", schemaPath: "#/properties/PASSWORD_HASH_MEMORY_KIB/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err104];
          } else {
            vErrors.push(err104);
          }
          errors++;
        }
      }
      if (coerced33 !== void 0) {
        data33 = coerced33;
        if (data !== void 0) {
          data["PASSWORD_HASH_MEMORY_KIB"] = coerced33;
        }
      }
    }
    if (typeof data33 == "number" && isFinite(data33)) {
      if (data33 > 1048576 || isNaN(data33)) {
        const err105 = { instancePath: instancePath + "/PASSWORD_HASH_MEMORY_KIB", schemaPath: "#/properties/PASSWORD_HASH_MEMORY_KIB/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1048576 }, message: "must be <= 1048576" };
        if (vErrors === null) {
          vErrors = [err105];
        } else {
          vErrors.push(err105);
        }
        errors++;
      }
      if (data33 < 8 || isNaN(data33)) {
        const err106 = { instancePath: instancePath + "/PASSWORD_HASH_MEMORY_KIB", schemaPath: "#/properties/PASSWORD_HASH_MEMORY_KIB/minimum", keyword: "minimum", params: { comparison: ">=", limit: 8 }, message: "must be >= 8" };
        if (vErrors === null) {
          vErrors = [err106];
        } else {
          vErrors.push(err106);
        }
        errors++;
      }
    }
    let data34 = data.PASSWORD_HASH_PASSES;
    if (!(typeof data34 == "number" && (!(data34 % 1) && !isNaN(data34)) && isFinite(data34))) {
      let dataType34 = typeof data34;
      let coerced34 = void 0;
      if (!(coerced34 !== void 0)) {
        if (dataType34 === "boolean" || data34 === null || dataType34 === "string" && data34 && data34 == +data34 && !(data34 % 1)) {
          coerced34 = +data34;
        } else {
          const err107 = { instancePath: instancePath + "/PASSWORD_HASH_PASSES", schemaPath: "#/properties/PASSWORD_HASH_PASSES/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err107];
          } else {
            vErrors.push(err107);
          }
          errors++;
        }
      }
      if (coerced34 !== void 0) {
        data34 = coerced34;
        if (data !== void 0) {
          data["PASSWORD_HASH_PASSES"] = coerced34;
        }
      }
    }
    if (typeof data34 == "number" && isFinite(data34)) {
      if (data34 > 100 || isNaN(data34)) {
        const err108 = { instancePath: instancePath + "/PASSWORD_HASH_PASSES", schemaPath: "#/properties/PASSWORD_HASH_PASSES/maximum", keyword: "maximum", params: { comparison: "<=", limit: 100 }, message: "must be <= 100" };
        if (vErrors === null) {
          vErrors = [err108];
        } else {
          vErrors.push(err108);
        }
        errors++;
      }
      if (data34 < 1 || isNaN(data34)) {
        const err109 = { instancePath: instancePath + "/PASSWORD_HASH_PASSES", schemaPath: "#/properties/PASSWORD_HASH_PASSES/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err109];
        } else {
          vErrors.push(err109);
        }
        errors++;
      }
    }
    let data35 = data.PASSWORD_HASH_CONCURRENCY;
    if (!(typeof data35 == "number" && (!(data35 % 1) && !isNaN(data35)) && isFinite(data35))) {
      let dataType35 = typeof data35;
      let coerced35 = void 0;
      if (!(coerced35 !== void 0)) {
        if (dataType35 === "boolean" || data35 === null || dataType35 === "string" && data35 && data35 == +data35 && !(data35 % 1)) {
          coerced35 = +data35;
        } else {
          const err110 = { instancePath: instancePath + "/PASSWORD_HASH_CONCURRENCY", schemaPath: "#/properties/PASSWORD_HASH_CONCURRENCY/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err110];
          } else {
            vErrors.push(err110);
          }
          errors++;
        }
      }
      if (coerced35 !== void 0) {
        data35 = coerced35;
        if (data !== void 0) {
          data["PASSWORD_HASH_CONCURRENCY"] = coerced35;
        }
      }
    }
    if (typeof data35 == "number" && isFinite(data35)) {
      if (data35 > 128 || isNaN(data35)) {
        const err111 = { instancePath: instancePath + "/PASSWORD_HASH_CONCURRENCY", schemaPath: "#/properties/PASSWORD_HASH_CONCURRENCY/maximum", keyword: "maximum", params: { comparison: "<=", limit: 128 }, message: "must be <= 128" };
        if (vErrors === null) {
          vErrors = [err111];
        } else {
          vErrors.push(err111);
        }
        errors++;
      }
      if (data35 < 1 || isNaN(data35)) {
        const err112 = { instancePath: instancePath + "/PASSWORD_HASH_CONCURRENCY", schemaPath: "#/properties/PASSWORD_HASH_CONCURRENCY/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err112];
        } else {
          vErrors.push(err112);
        }
        errors++;
      }
    }
    let data36 = data.PASSWORD_HASH_QUEUE;
    if (!(typeof data36 == "number" && (!(data36 % 1) && !isNaN(data36)) && isFinite(data36))) {
      let dataType36 = typeof data36;
      let coerced36 = void 0;
      if (!(coerced36 !== void 0)) {
        if (dataType36 === "boolean" || data36 === null || dataType36 === "string" && data36 && data36 == +data36 && !(data36 % 1)) {
          coerced36 = +data36;
        } else {
          const err113 = { instancePath: instancePath + "/PASSWORD_HASH_QUEUE", schemaPath: "#/properties/PASSWORD_HASH_QUEUE/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err113];
          } else {
            vErrors.push(err113);
          }
          errors++;
        }
      }
      if (coerced36 !== void 0) {
        data36 = coerced36;
        if (data !== void 0) {
          data["PASSWORD_HASH_QUEUE"] = coerced36;
        }
      }
    }
    if (typeof data36 == "number" && isFinite(data36)) {
      if (data36 > 1e5 || isNaN(data36)) {
        const err114 = { instancePath: instancePath + "/PASSWORD_HASH_QUEUE", schemaPath: "#/properties/PASSWORD_HASH_QUEUE/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e5 }, message: "must be <= 100000" };
        if (vErrors === null) {
          vErrors = [err114];
        } else {
          vErrors.push(err114);
        }
        errors++;
      }
      if (data36 < 0 || isNaN(data36)) {
        const err115 = { instancePath: instancePath + "/PASSWORD_HASH_QUEUE", schemaPath: "#/properties/PASSWORD_HASH_QUEUE/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
        if (vErrors === null) {
          vErrors = [err115];
        } else {
          vErrors.push(err115);
        }
        errors++;
      }
    }
    let data37 = data.MAIL_RETRY_HOURS;
    if (!(typeof data37 == "number" && (!(data37 % 1) && !isNaN(data37)) && isFinite(data37))) {
      let dataType37 = typeof data37;
      let coerced37 = void 0;
      if (!(coerced37 !== void 0)) {
        if (dataType37 === "boolean" || data37 === null || dataType37 === "string" && data37 && data37 == +data37 && !(data37 % 1)) {
          coerced37 = +data37;
        } else {
          const err116 = { instancePath: instancePath + "/MAIL_RETRY_HOURS", schemaPath: "#/properties/MAIL_RETRY_HOURS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err116];
          } else {
            vErrors.push(err116);
          }
          errors++;
        }
      }
      if (coerced37 !== void 0) {
        data37 = coerced37;
        if (data !== void 0) {
          data["MAIL_RETRY_HOURS"] = coerced37;
        }
      }
    }
    if (typeof data37 == "number" && isFinite(data37)) {
      if (data37 > 720 || isNaN(data37)) {
        const err117 = { instancePath: instancePath + "/MAIL_RETRY_HOURS", schemaPath: "#/properties/MAIL_RETRY_HOURS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 720 }, message: "must be <= 720" };
        if (vErrors === null) {
          vErrors = [err117];
        } else {
          vErrors.push(err117);
        }
        errors++;
      }
      if (data37 < 1 || isNaN(data37)) {
        const err118 = { instancePath: instancePath + "/MAIL_RETRY_HOURS", schemaPath: "#/properties/MAIL_RETRY_HOURS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err118];
        } else {
          vErrors.push(err118);
        }
        errors++;
      }
    }
    let data38 = data.MAIL_REFUSED_FIRST_MS;
    if (!(typeof data38 == "number" && (!(data38 % 1) && !isNaN(data38)) && isFinite(data38))) {
      let dataType38 = typeof data38;
      let coerced38 = void 0;
      if (!(coerced38 !== void 0)) {
        if (dataType38 === "boolean" || data38 === null || dataType38 === "string" && data38 && data38 == +data38 && !(data38 % 1)) {
          coerced38 = +data38;
        } else {
          const err119 = { instancePath: instancePath + "/MAIL_REFUSED_FIRST_MS", schemaPath: "#/properties/MAIL_REFUSED_FIRST_MS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err119];
          } else {
            vErrors.push(err119);
          }
          errors++;
        }
      }
      if (coerced38 !== void 0) {
        data38 = coerced38;
        if (data !== void 0) {
          data["MAIL_REFUSED_FIRST_MS"] = coerced38;
        }
      }
    }
    if (typeof data38 == "number" && isFinite(data38)) {
      if (data38 > 864e5 || isNaN(data38)) {
        const err120 = { instancePath: instancePath + "/MAIL_REFUSED_FIRST_MS", schemaPath: "#/properties/MAIL_REFUSED_FIRST_MS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" };
        if (vErrors === null) {
          vErrors = [err120];
        } else {
          vErrors.push(err120);
        }
        errors++;
      }
      if (data38 < 100 || isNaN(data38)) {
        const err121 = { instancePath: instancePath + "/MAIL_REFUSED_FIRST_MS", schemaPath: "#/properties/MAIL_REFUSED_FIRST_MS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" };
        if (vErrors === null) {
          vErrors = [err121];
        } else {
          vErrors.push(err121);
        }
        errors++;
      }
    }
    let data39 = data.MAIL_REFUSED_LONGEST_MS;
    if (!(typeof data39 == "number" && (!(data39 % 1) && !isNaN(data39)) && isFinite(data39))) {
      let dataType39 = typeof data39;
      let coerced39 = void 0;
      if (!(coerced39 !== void 0)) {
        if (dataType39 === "boolean" || data39 === null || dataType39 === "string" && data39 && data39 == +data39 && !(data39 % 1)) {
          coerced39 = +data39;
        } else {
          const err122 = { instancePath: instancePath + "/MAIL_REFUSED_LONGEST_MS", schemaPath: "#/properties/MAIL_REFUSED_LONGEST_MS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err122];
          } else {
            vErrors.push(err122);
          }
          errors++;
        }
      }
      if (coerced39 !== void 0) {
        data39 = coerced39;
        if (data !== void 0) {
          data["MAIL_REFUSED_LONGEST_MS"] = coerced39;
        }
      }
    }
    if (typeof data39 == "number" && isFinite(data39)) {
      if (data39 > 864e5 || isNaN(data39)) {
        const err123 = { instancePath: instancePath + "/MAIL_REFUSED_LONGEST_MS", schemaPath: "#/properties/MAIL_REFUSED_LONGEST_MS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" };
        if (vErrors === null) {
          vErrors = [err123];
        } else {
          vErrors.push(err123);
        }
        errors++;
      }
      if (data39 < 100 || isNaN(data39)) {
        const err124 = { instancePath: instancePath + "/MAIL_REFUSED_LONGEST_MS", schemaPath: "#/properties/MAIL_REFUSED_LONGEST_MS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" };
        if (vErrors === null) {
          vErrors = [err124];
        } else {
          vErrors.push(err124);
        }
        errors++;
      }
    }
    let data40 = data.RELAY_MAX_REPUBLISH;
    if (!(typeof data40 == "number" && (!(data40 % 1) && !isNaN(data40)) && isFinite(data40))) {
      let dataType40 = typeof data40;
      let coerced40 = void 0;
      if (!(coerced40 !== void 0)) {
        if (dataType40 === "boolean" || data40 === null || dataType40 === "string" && data40 && data40 == +data40 && !(data40 % 1)) {
          coerced40 = +data40;
        } else {
          const err125 = { instancePath: instancePath + "/RELAY_MAX_REPUBLISH", schemaPath: "#/properties/RELAY_MAX_REPUBLISH/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err125];
          } else {
            vErrors.push(err125);
          }
          errors++;
        }
      }
      if (coerced40 !== void 0) {
        data40 = coerced40;
        if (data !== void 0) {
          data["RELAY_MAX_REPUBLISH"] = coerced40;
        }
      }
    }
    if (typeof data40 == "number" && isFinite(data40)) {
      if (data40 > 1e5 || isNaN(data40)) {
        const err126 = { instancePath: instancePath + "/RELAY_MAX_REPUBLISH", schemaPath: "#/properties/RELAY_MAX_REPUBLISH/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e5 }, message: "must be <= 100000" };
        if (vErrors === null) {
          vErrors = [err126];
        } else {
          vErrors.push(err126);
        }
        errors++;
      }
      if (data40 < 1 || isNaN(data40)) {
        const err127 = { instancePath: instancePath + "/RELAY_MAX_REPUBLISH", schemaPath: "#/properties/RELAY_MAX_REPUBLISH/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err127];
        } else {
          vErrors.push(err127);
        }
        errors++;
      }
    }
    let data41 = data.RELAY_REPUBLISH_FIRST_MS;
    if (!(typeof data41 == "number" && (!(data41 % 1) && !isNaN(data41)) && isFinite(data41))) {
      let dataType41 = typeof data41;
      let coerced41 = void 0;
      if (!(coerced41 !== void 0)) {
        if (dataType41 === "boolean" || data41 === null || dataType41 === "string" && data41 && data41 == +data41 && !(data41 % 1)) {
          coerced41 = +data41;
        } else {
          const err128 = { instancePath: instancePath + "/RELAY_REPUBLISH_FIRST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_FIRST_MS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err128];
          } else {
            vErrors.push(err128);
          }
          errors++;
        }
      }
      if (coerced41 !== void 0) {
        data41 = coerced41;
        if (data !== void 0) {
          data["RELAY_REPUBLISH_FIRST_MS"] = coerced41;
        }
      }
    }
    if (typeof data41 == "number" && isFinite(data41)) {
      if (data41 > 864e5 || isNaN(data41)) {
        const err129 = { instancePath: instancePath + "/RELAY_REPUBLISH_FIRST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_FIRST_MS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" };
        if (vErrors === null) {
          vErrors = [err129];
        } else {
          vErrors.push(err129);
        }
        errors++;
      }
      if (data41 < 100 || isNaN(data41)) {
        const err130 = { instancePath: instancePath + "/RELAY_REPUBLISH_FIRST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_FIRST_MS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" };
        if (vErrors === null) {
          vErrors = [err130];
        } else {
          vErrors.push(err130);
        }
        errors++;
      }
    }
    let data42 = data.RELAY_REPUBLISH_LONGEST_MS;
    if (!(typeof data42 == "number" && (!(data42 % 1) && !isNaN(data42)) && isFinite(data42))) {
      let dataType42 = typeof data42;
      let coerced42 = void 0;
      if (!(coerced42 !== void 0)) {
        if (dataType42 === "boolean" || data42 === null || dataType42 === "string" && data42 && data42 == +data42 && !(data42 % 1)) {
          coerced42 = +data42;
        } else {
          const err131 = { instancePath: instancePath + "/RELAY_REPUBLISH_LONGEST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_LONGEST_MS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err131];
          } else {
            vErrors.push(err131);
          }
          errors++;
        }
      }
      if (coerced42 !== void 0) {
        data42 = coerced42;
        if (data !== void 0) {
          data["RELAY_REPUBLISH_LONGEST_MS"] = coerced42;
        }
      }
    }
    if (typeof data42 == "number" && isFinite(data42)) {
      if (data42 > 864e5 || isNaN(data42)) {
        const err132 = { instancePath: instancePath + "/RELAY_REPUBLISH_LONGEST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_LONGEST_MS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" };
        if (vErrors === null) {
          vErrors = [err132];
        } else {
          vErrors.push(err132);
        }
        errors++;
      }
      if (data42 < 100 || isNaN(data42)) {
        const err133 = { instancePath: instancePath + "/RELAY_REPUBLISH_LONGEST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_LONGEST_MS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" };
        if (vErrors === null) {
          vErrors = [err133];
        } else {
          vErrors.push(err133);
        }
        errors++;
      }
    }
    let data43 = data.EVENT_KEEP_DAYS;
    if (!(typeof data43 == "number" && (!(data43 % 1) && !isNaN(data43)) && isFinite(data43))) {
      let dataType43 = typeof data43;
      let coerced43 = void 0;
      if (!(coerced43 !== void 0)) {
        if (dataType43 === "boolean" || data43 === null || dataType43 === "string" && data43 && data43 == +data43 && !(data43 % 1)) {
          coerced43 = +data43;
        } else {
          const err134 = { instancePath: instancePath + "/EVENT_KEEP_DAYS", schemaPath: "#/properties/EVENT_KEEP_DAYS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err134];
          } else {
            vErrors.push(err134);
          }
          errors++;
        }
      }
      if (coerced43 !== void 0) {
        data43 = coerced43;
        if (data !== void 0) {
          data["EVENT_KEEP_DAYS"] = coerced43;
        }
      }
    }
    if (typeof data43 == "number" && isFinite(data43)) {
      if (data43 > 3650 || isNaN(data43)) {
        const err135 = { instancePath: instancePath + "/EVENT_KEEP_DAYS", schemaPath: "#/properties/EVENT_KEEP_DAYS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 3650 }, message: "must be <= 3650" };
        if (vErrors === null) {
          vErrors = [err135];
        } else {
          vErrors.push(err135);
        }
        errors++;
      }
      if (data43 < 8 || isNaN(data43)) {
        const err136 = { instancePath: instancePath + "/EVENT_KEEP_DAYS", schemaPath: "#/properties/EVENT_KEEP_DAYS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 8 }, message: "must be >= 8" };
        if (vErrors === null) {
          vErrors = [err136];
        } else {
          vErrors.push(err136);
        }
        errors++;
      }
    }
  } else {
    const err137 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err137];
    } else {
      vErrors.push(err137);
    }
    errors++;
  }
  validate20.errors = vErrors;
  return errors === 0;
}
validate20.evaluated = { "props": { "STAGE": true, "USERS_DATABASE_URL": true, "NOTIFICATIONS_DATABASE_URL": true, "REDIS_URL": true, "KAFKA_BROKERS": true, "SMTP_URL": true, "USERS_BASE_URL": true, "MAIL_UI_URL": true, "KAFKA_METRICS_PORT": true, "DATABASE_TLS": true, "KAFKA_TLS": true, "REDIS_TLS": true, "SMTP_TLS": true, "TLS_CA": true, "KAFKA_SASL_MECHANISM": true, "KAFKA_CREDENTIALS": true, "HTTP_PORT": true, "MAIL_FROM": true, "OPERATOR_TOKEN": true, "CORS_ORIGINS": true, "IDEMPOTENCY_SECRET": true, "RATE_LIMIT_SIGN_UP_PER_IP": true, "RATE_LIMIT_PASSWORD_PER_IP": true, "RATE_LIMIT_PASSWORD_PER_USER": true, "RATE_LIMIT_MAILS_PER_ADDRESS": true, "RATE_LIMIT_ADDRESS_CHANGES_PER_USER": true, "PASSWORD_FAILURES_FREE": true, "RATE_LIMIT_WINDOW_SECONDS": true, "TOPIC_PREFIX": true, "KAFKA_REPLICATION_FACTOR": true, "KAFKA_MIN_INSYNC_REPLICAS": true, "DATABASE_POOL_SIZE": true, "SMTP_CONNECTIONS": true, "PASSWORD_HASH_MEMORY_KIB": true, "PASSWORD_HASH_PASSES": true, "PASSWORD_HASH_CONCURRENCY": true, "PASSWORD_HASH_QUEUE": true, "MAIL_RETRY_HOURS": true, "MAIL_REFUSED_FIRST_MS": true, "MAIL_REFUSED_LONGEST_MS": true, "RELAY_MAX_REPUBLISH": true, "RELAY_REPUBLISH_FIRST_MS": true, "RELAY_REPUBLISH_LONGEST_MS": true, "EVENT_KEEP_DAYS": true }, "dynamicProps": false, "dynamicItems": false };
var messages = { "USERS_DATABASE_URL": "expected a URL like mysql://user:password@host:3306/users", "NOTIFICATIONS_DATABASE_URL": "expected a URL like mysql://user:password@host:3306/notifications", "REDIS_URL": "expected a URL like redis://host:6379", "KAFKA_BROKERS": "expected host:port, several separated by commas", "SMTP_URL": "expected a URL like smtp://host:1025", "OPERATOR_TOKEN": "one or several tokens of 8 characters or more, comma-separated", "CORS_ORIGINS": "scheme://host[:port], several separated by commas, or *", "IDEMPOTENCY_SECRET": "one or several keys of 16 characters or more, comma-separated" };
export {
  stdin_default as default,
  messages,
  validate
};
