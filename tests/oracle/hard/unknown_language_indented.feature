
   #language:xx  
 Feature: f
